import { Handler } from '@bjsonrpc/peer';

export const colors = ['lemon', 'mint', 'sky', 'rose', 'lilac'] as const;
export type Color = (typeof colors)[number];

/** What a note looks like. Its place is a fraction of the board's, so that it is the same on every screen. */
export interface NoteState {
  readonly id: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly color: Color;
}

/** Where a note hangs: it gets to know what became of it. */
export interface NoteHolder {
  changed(note: Note): void;
  remove(note: Note): void;
}

/** A sticky note. It lives here; every page holds a reference to it, and what a page asks of it happens here. */
export class Note extends Handler {
  static override readonly published: readonly string[] = ['write', 'move', 'paint', 'remove'];
  readonly #holder: NoteHolder;
  #state: NoteState;

  constructor(holder: NoteHolder, state: NoteState) {
    super();
    this.#holder = holder;
    this.#state = state;
  }

  get state(): NoteState {
    return this.#state;
  }

  write(text: string): void {
    this.#change({ text: String(text).slice(0, 280) });
  }

  move(x: number, y: number): void {
    this.#change({ x: fraction(x), y: fraction(y) });
  }

  paint(color: Color): void {
    if (colors.includes(color)) this.#change({ color });
  }

  remove(): void {
    this.#holder.remove(this);
  }

  #change(change: Partial<NoteState>): void {
    this.#state = { ...this.#state, ...change };
    this.#holder.changed(this);
  }
}

/** A page may send anything. */
export function fraction(value: unknown): number {
  return Math.min(1, Math.max(0, Number(value) || 0));
}
