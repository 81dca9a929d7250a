import type { Description } from '@bjsonrpc/peer';
import type { HeldObjects } from './held-objects.js';

/** Who says what there is. */
export interface Describes {
  describe(object?: object): Promise<Description>;
}

/** What a word that was begun may become: of the first word methods, of any the names of objects that are held. */
export class Completer {
  readonly #peer: Describes;
  readonly #held: HeldObjects;
  readonly #commands: readonly string[];
  /** What was described already, by the name of the object; '' is the other side itself. */
  readonly #known = new Map<string, readonly string[]>();

  constructor(peer: Describes, { held, commands }: { held: HeldObjects; commands: readonly string[] }) {
    this.#peer = peer;
    this.#held = held;
    this.#commands = commands;
  }

  /** As readline wants it: what fits, and the word that it stands for. Never rejects. */
  async complete(line: string): Promise<[string[], string]> {
    const word = /\S*$/.exec(line)?.[0] ?? '';
    const isFirst = line.trimStart() === word;
    const on = /^(\$\d+)\./.exec(word)?.[1];
    const candidates =
      isFirst && on !== undefined
        ? (await this.#methodsOf(on)).map((name) => `${on}.${name}`)
        : [...this.#held.names, ...(isFirst ? [...(await this.#methodsOf('')), ...this.#commands] : [])];
    return [candidates.filter((name) => name.startsWith(word)), word];
  }

  async #methodsOf(on: string): Promise<readonly string[]> {
    const known = this.#known.get(on);
    if (known) return known;
    const object = this.#held.get(on);
    if (on !== '' && object === undefined) return [];
    try {
      const { methods } = await (object ? this.#peer.describe(object) : this.#peer.describe());
      const names = methods.map(({ name }) => name);
      this.#known.set(on, names);
      return names;
    } catch {
      return []; // who cannot say what there is, can still be called
    }
  }
}
