import type { RemoteObject } from '@bjsonrpc/peer';
import { callArguments } from '../arguments/call-arguments.js';
import { callbackPrinter } from '../calls/callback-printer.js';
import { stoppedBy } from '../calls/make-call.js';
import { remoteMethod } from '../connection/remote-method.js';
import type { Session } from '../connection/session.js';
import { usageFailure } from '../failure.js';
import { descriptionText } from '../printing/description-text.js';
import { heldOf } from '../printing/reference.js';
import { valueText } from '../printing/value-text.js';
import type { Output } from '../terminal.js';
import { HeldObjects } from './held-objects.js';
import { type Line, parseLine } from './line.js';

/** What a repl knows besides methods, with what each is for. */
export const replCommands: Readonly<Record<string, string>> = {
  '.describe': 'what the other side publishes; .describe $1: an object of its',
  '.objects': 'the objects that are held',
  '.release': '.release $1: lets go of an object',
  '.help': 'this list',
  '.exit': 'leaves, as does Ctrl-D',
};

/** Carries out what is typed, a line at a time. */
export class Repl {
  readonly held: HeldObjects = new HeldObjects();
  readonly #session: Session;
  readonly #out: Output;

  constructor(session: Session, out: Output) {
    this.#session = session;
    this.#out = out;
  }

  /** @throws Failure that explains what went wrong; the signal's reason, where that gave it up */
  async run(text: string, signal: AbortSignal): Promise<void> {
    const line = parseLine(text);
    if (line === undefined) return;
    if (line.method.startsWith('.')) await this.#command(line);
    else {
      const ofTheOtherSide = line.on === undefined ? line.method : undefined;
      await this.#session.explained(() => this.#call(line, signal), ofTheOtherSide);
    }
  }

  async #call({ on, method, words, keywords }: Line, signal: AbortSignal): Promise<void> {
    const args = callArguments(
      { words, keywords },
      {
        callback: callbackPrinter(this.#out, 'readable'),
        held: (name) => (/^\$\d+$/.test(name) ? this.#object(name) : undefined),
      },
    );
    const result = await this.#methodOf({ on, method }, signal)(...args);
    const held = heldOf(result);
    if (held?.kind === 'stream') {
      for await (const item of stoppedBy(result as AsyncIterable<unknown>, signal)) await this.#print(item);
    } else if (held) {
      const name = this.held.keep(result as object);
      await this.#out.line(`${this.#out.colors.bold(name)} = ${held.label}`);
    } else await this.#print(result);
  }

  async #command({ method, words: [name = ''] }: Line): Promise<void> {
    switch (method) {
      case '.describe': {
        const object = name === '' ? undefined : this.#object(name);
        const description = await this.#session.explained(() => this.#session.peer.describe(object));
        return await this.#out.line(descriptionText(description, this.#out));
      }
      case '.objects':
        for (const held of this.held.names)
          await this.#out.line(`${held} = ${heldOf(this.held.get(held))?.label ?? ''}`);
        return;
      case '.release':
        if (!this.held.release(name)) throw usageFailure(`${name}: no object of this name is held`);
        return;
      case '.help':
        for (const [command, purpose] of Object.entries(replCommands))
          await this.#out.line(`${command.padEnd(10)} ${purpose}`);
        return;
      default:
        throw usageFailure(`${method}: no such command`, '.help lists them.');
    }
  }

  /** Of the other side, or of an object; a function that is held is called itself. */
  #methodOf(
    { on, method }: Pick<Line, 'on' | 'method'>,
    signal: AbortSignal,
  ): (...args: unknown[]) => Promise<unknown> {
    const { peer } = this.#session;
    if (on !== undefined)
      return remoteMethod((this.#object(on) as RemoteObject<unknown>).with({ signal }).call, method);
    if (!/^\$\d+$/.test(method)) return remoteMethod(peer.with({ signal }).call, method);
    const object = this.#object(method);
    if (typeof object !== 'function')
      throw usageFailure(`${method} is no function`, `${method}.method calls one of its.`);
    return object as (...args: unknown[]) => Promise<unknown>;
  }

  #object(name: string): object {
    const object = this.held.get(name);
    if (!object) throw usageFailure(`${name}: no object of this name is held`, '.objects lists them.');
    return object;
  }

  async #print(value: unknown): Promise<void> {
    await this.#out.line(valueText(value, { style: 'readable', out: this.#out }));
  }
}
