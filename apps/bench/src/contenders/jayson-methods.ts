/** The methods that jayson's servers publish. Its handlers know no connection, so there is one tally a server. */
import type { MethodLike } from 'jayson';
import type { Item } from '../contender.js';
import { add, echo, Tally } from './tally.js';

type Callback = (error: null, result?: unknown) => void;

export function jaysonMethods(): Record<string, MethodLike> {
  const tally = new Tally();
  return {
    add: ([a, b]: [number, number], callback: Callback) => callback(null, add(a, b)),
    echo: ([value]: [Item[]], callback: Callback) => callback(null, echo(value)),
    note: ([value]: [number], callback: Callback) => callback(null, tally.note(value)),
    total: (_params: [], callback: Callback) => callback(null, tally.total()),
  };
}

/** The id that makes a request a notification. The README says null; the types forget it. */
export const NOTIFICATION: undefined = null as unknown as undefined;
