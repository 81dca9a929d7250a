import { type Color, Note, type NoteHolder, type NoteState } from './note.js';

/** Somebody with the page open. */
export interface Person {
  readonly id: number;
  readonly name: string;
}

/** What happens on the board, as everybody is told. A new note comes as the object itself. */
export type BoardEvent =
  | { readonly kind: 'added'; readonly note: Note; readonly state: NoteState }
  | { readonly kind: 'changed'; readonly state: NoteState }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'people'; readonly people: readonly Person[] }
  | { readonly kind: 'pointed'; readonly by: Person; readonly x: number; readonly y: number };

const MAX_NOTES = 100;
const names = ['Otter', 'Heron', 'Lynx', 'Finch', 'Badger', 'Newt', 'Ibex', 'Wren', 'Mole', 'Seal'];

/** What all connections share. */
export class Board implements NoteHolder {
  readonly #notes = new Map<string, Note>();
  readonly #members = new Map<Person, (event: BoardEvent) => void>();
  #counter = 0;

  constructor() {
    this.add({
      x: 0.08,
      y: 0.1,
      color: 'lemon',
      text: 'This note lives on the server. Your page holds a reference to it.',
    });
    this.add({ x: 0.46, y: 0.42, color: 'mint', text: 'Drag me, then open a second window.' });
    this.add({
      x: 0.86,
      y: 0.12,
      color: 'sky',
      text: 'The line above is a stream: the server yields, the page draws.',
    });
    this.add({
      x: 0.2,
      y: 0.72,
      color: 'rose',
      text: 'Click “Connected” to enter a tunnel. The board goes on.',
    });
    this.add({
      x: 0.76,
      y: 0.78,
      color: 'lilac',
      text: 'The server calls a function of your page when a note moves.',
    });
  }

  get notes(): Iterable<Note> {
    return this.#notes.values();
  }

  /** @throws when the board is full */
  add({ x, y, color, text }: { x: number; y: number; color: Color; text: string }): Note {
    if (this.#notes.size >= MAX_NOTES) throw new RangeError('The board is full');
    const id = `note-${++this.#counter}`;
    const note = new Note(this, { id, x, y, color, text });
    this.#notes.set(id, note);
    this.#tell({ kind: 'added', note, state: note.state });
    return note;
  }

  changed({ state }: Note): void {
    if (this.#notes.has(state.id)) this.#tell({ kind: 'changed', state });
  }

  remove({ state: { id } }: Note): void {
    if (this.#notes.delete(id)) this.#tell({ kind: 'removed', id });
  }

  /** `tell` gets to know what happens from now on. Who was here before keeps the name. */
  join(name: string | undefined, tell: (event: BoardEvent) => void): Person {
    const id = ++this.#counter;
    const person = { id, name: name || (names[id % names.length] ?? 'Guest') };
    this.#members.set(person, tell);
    this.#tellWhoIsHere();
    return person;
  }

  leave(person: Person): void {
    if (this.#members.delete(person)) this.#tellWhoIsHere();
  }

  point(by: Person, x: number, y: number): void {
    this.#tell({ kind: 'pointed', by, x, y }, by);
  }

  #tellWhoIsHere(): void {
    this.#tell({ kind: 'people', people: [...this.#members.keys()] });
  }

  #tell(event: BoardEvent, except?: Person): void {
    for (const [person, tell] of this.#members) if (person !== except) tell(event);
  }
}
