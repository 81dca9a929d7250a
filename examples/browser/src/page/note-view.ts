import type { RemoteObject } from '@bjsonrpc/peer';
import type { Note, NoteState } from '../server/note.js';

/** One note on the screen, and the server's object that it stands for. What the user does to one is asked of the other. */
export class NoteView {
  readonly element: HTMLElement = document.createElement('article');
  readonly #note: RemoteObject<Note>;
  readonly #text: HTMLTextAreaElement = document.createElement('textarea');
  #isDragged = false;

  constructor(note: RemoteObject<Note>, state: NoteState) {
    this.#note = note;
    this.element.className = 'note';
    this.element.id = state.id;
    this.element.style.setProperty('--tilt', `${(Number(state.id.replace(/\D/g, '')) % 5) - 2}deg`);
    this.#text.placeholder = 'Write something…';
    this.#text.maxLength = 280;
    this.#text.setAttribute('aria-label', 'Text of the note');
    this.#text.addEventListener('input', () => note.notify.write(this.#text.value));
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.ariaLabel = 'Remove the note';
    remove.textContent = '×';
    remove.addEventListener('click', () => note.notify.remove());
    this.element.append(remove, this.#text);
    this.element.addEventListener('pointerdown', (event) => this.#grab(event));
    this.show(state);
  }

  /** What the user is at is not pulled from under their hands. */
  show({ text, x, y, color }: NoteState): void {
    this.element.dataset.color = color;
    if (document.activeElement !== this.#text) this.#text.value = text;
    if (!this.#isDragged) this.#place(x, y);
  }

  focus(): void {
    this.#text.focus({ preventScroll: true });
  }

  /** Off the screen, and the server's object let go of. */
  close(): void {
    this.element.remove();
    this.#note.close();
  }

  #place(x: number, y: number): void {
    this.element.style.setProperty('--x', String(x));
    this.element.style.setProperty('--y', String(y));
  }

  #grab(down: PointerEvent): void {
    const board = this.element.parentElement;
    const isForTyping = down.target === this.#text && document.activeElement === this.#text;
    if (!board || isForTyping || down.target instanceof HTMLButtonElement || down.button !== 0) return;
    const { left, top } = this.element.getBoundingClientRect();
    const offset = { x: down.clientX - left, y: down.clientY - top };
    const drag = new AbortController();
    const listen = { signal: drag.signal };
    board.append(this.element); // to the front

    const move = (event: PointerEvent): void => {
      if (event.pointerId !== down.pointerId) return;
      if (!this.#isDragged && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 4)
        return;
      this.#isDragged = true;
      this.element.classList.add('dragged');
      const area = board.getBoundingClientRect();
      const x = clamp((event.clientX - offset.x - area.left) / (area.width - this.element.offsetWidth));
      const y = clamp((event.clientY - offset.y - area.top) / (area.height - this.element.offsetHeight));
      this.#place(x, y);
      this.#note.notify.move(x, y);
    };
    const drop = (): void => {
      drag.abort();
      if (!this.#isDragged) this.focus();
      this.#isDragged = false;
      this.element.classList.remove('dragged');
    };
    down.preventDefault();
    addEventListener('pointermove', move, listen);
    addEventListener('pointerup', drop, listen);
    addEventListener('pointercancel', drop, listen);
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
