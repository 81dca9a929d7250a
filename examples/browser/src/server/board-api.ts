import { setTimeout as sleep } from 'node:timers/promises';
import { Handler, type RemoteFunction } from '@bjsonrpc/peer';
import type { Board, BoardEvent, Person } from './board.js';
import { type Color, fraction, type Note, type NoteState } from './note.js';

/** What a page gets when it joins. The notes come as objects: it can call them. */
export interface Welcome {
  readonly me: Person;
  readonly notes: readonly { readonly note: Note; readonly state: NoteState }[];
}

/** What the server publishes to a page: one of these per connection. */
export class BoardApi extends Handler {
  readonly #board: Board;
  readonly #rate: () => number;
  #me: Person | undefined;

  constructor(board: Board, rate: () => number) {
    super();
    this.#board = board;
    this.#rate = rate;
  }

  /** Take part. `onEvent` is a function of the page's: the server calls it for as long as the connection stands. */
  join(name: string | undefined, onEvent: (event: BoardEvent) => void): Welcome {
    if (this.#me) throw new Error('You are here already');
    // Arguments are let go when their call is over, unless one says otherwise.
    const page = (onEvent as RemoteFunction<typeof onEvent>).retain();
    this.#me = this.#board.join(name && String(name).slice(0, 20), (event) => page.notify(event));
    return { me: this.#me, notes: [...this.#board.notes].map((note) => ({ note, state: note.state })) };
  }

  /** Put up a new note. Everybody is told, whoever asked included; the answer says which one it is. */
  add(x: number, y: number, color: Color): string {
    return this.#board.add({ x: fraction(x), y: fraction(y), color, text: '' }).state.id;
  }

  /** Show the others where this one points. */
  point(x: number, y: number): void {
    if (this.#me) this.#board.point(this.#me, fraction(x), fraction(y));
  }

  /** How many messages a second the server handles, twice a second, for as long as somebody reads. */
  async *activity(): AsyncGenerator<number> {
    for (;;) {
      yield this.#rate();
      await sleep(500);
    }
  }

  /** The connection has ended, whichever way. */
  protected override onClose(): void {
    if (this.#me) this.#board.leave(this.#me);
  }
}
