import type { Person } from '../server/board.js';

/** A pointer that has not moved for so long is put away. */
const POINTER_MS = 4000;

/** Who is here, and where the others point. */
export class People {
  readonly #list: HTMLElement;
  readonly #board: HTMLElement;
  #people: readonly Person[] = [];
  #me: Person | undefined;
  readonly #pointers = new Map<number, { readonly element: HTMLElement; timer: number }>();

  constructor(list: HTMLElement, board: HTMLElement) {
    this.#list = list;
    this.#board = board;
  }

  set me(person: Person) {
    this.#me = person;
    this.show(this.#people);
  }

  show(people: readonly Person[]): void {
    this.#people = people;
    this.#list.replaceChildren(
      ...people.map((person) => {
        const isMe = person.id === this.#me?.id;
        const item = document.createElement('li');
        item.textContent = person.name.slice(0, 2);
        item.title = isMe ? `${person.name} (you)` : person.name;
        item.classList.toggle('me', isMe);
        item.style.setProperty('--hue', String(hueOf(person)));
        return item;
      }),
    );
    for (const id of this.#pointers.keys()) if (!people.some((person) => person.id === id)) this.#putAway(id);
  }

  point(person: Person, x: number, y: number): void {
    const { element, timer } = this.#pointers.get(person.id) ?? {
      element: this.#newPointer(person),
      timer: 0,
    };
    clearTimeout(timer);
    element.style.left = `${x * 100}%`;
    element.style.top = `${y * 100}%`;
    this.#pointers.set(person.id, {
      element,
      timer: window.setTimeout(() => this.#putAway(person.id), POINTER_MS),
    });
  }

  #newPointer(person: Person): HTMLElement {
    const element = document.createElement('div');
    element.className = 'pointer';
    element.textContent = person.name;
    element.style.setProperty('--hue', String(hueOf(person)));
    this.#board.append(element);
    return element;
  }

  #putAway(id: number): void {
    this.#pointers.get(id)?.element.remove();
    this.#pointers.delete(id);
  }
}

function hueOf({ name }: Person): number {
  return [...name].reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0)) % 360, 7);
}
