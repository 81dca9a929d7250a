import {
  type Dialect,
  type Controlled as DialectControlled,
  InvalidParamsError,
  keyOf,
  MethodNotFoundError,
  type Told,
  textOrNothing,
} from '@bjsonrpc/protocol';
import type { Recipient } from '../wire/recipient.js';

/** What control messages are carried out on. */
export interface Controlled extends DialectControlled {
  /** The greeting of the other side has come (section 5). */
  greeted(params: unknown): void;
  /** The caller of a pipe takes so many items more; 0: it is still there (section 8). */
  grant(id: string, credit: number): void;
  /** The other side begins no new calls, and takes none (section 11). */
  leaves(reason: string | undefined): void;
  /** It has refused so many notifications of this side (section 11). */
  refused(count: number, reason: string): void;
  /** What this side, or an object of its, publishes: plain JSON. @throws UnknownObjectError */
  describe(name: string | undefined): object;
}

/**
 * What a control message does. What it gives is its answer, nothing being null; a malformed one does nothing. One that concerns
 * nobody here may be the application's: it gives `false`.
 */
type Control = (side: Controlled, told: Told) => unknown;

/** The control message of that name. */
export type Controls = (method: string) => Control | undefined;

/** Those of the extensions. */
const extended: ReadonlyMap<string, Control> = new Map<string, Control>([
  ['$/hello', (side, { params }) => side.greeted(params)],
  ['$/cancelRequest', (side, { params }) => side.cancel(keyOf((Object(params) as { id?: unknown }).id))],
  [
    '$/credit',
    (side, { params }) => {
      const [id, credit] = listOf(params);
      if (credit === 0 || isCount(credit)) side.grant(keyOf(id), credit);
    },
  ],
  ['$/bye', (side, { params }) => side.leaves(textOrNothing(listOf(params)[0]))],
  [
    '$/refused',
    (side, { params }) => {
      const [count, reason] = listOf(params);
      if (isCount(count)) side.refused(count, textOrNothing(reason) ?? 'it does not say why');
    },
  ],
  [
    '$/progress',
    (side, { params, hinted }) => {
      const [id, value] = listOf(params);
      side.progress(id, value, hinted);
    },
  ],
  ['$/ping', () => undefined],
  [
    '$/describe',
    (side, { params }) => {
      const [name] = listOf(params);
      if (name !== undefined && typeof name !== 'string')
        throw new InvalidParamsError('An object has a text for a name');
      return side.describe(name);
    },
  ],
]);

/** What a dialect's messages that are no calls do. */
export function controlsOf({ cancel, progress }: Dialect, isExtended: boolean): Controls {
  if (isExtended)
    return (method) => (method.startsWith('$/') ? (extended.get(method) ?? unknown(method)) : undefined);
  return (method) =>
    method === cancel?.method ? cancel.control : method === progress?.method ? progress.control : undefined;
}

function unknown(method: string): Control {
  return () => {
    throw new MethodNotFoundError(`Unknown method '${method}'`);
  };
}

/** What control messages are carried out with. */
export interface ControlParts {
  readonly life: Controlled;
  readonly answers: {
    value(to: Recipient, value: unknown): unknown;
    failure(to: Recipient, error: unknown): void;
  };
}

/** Carries a control message out, at once and whatever else is running. With an id, each is answered. @returns whether it was one */
export function runControl(
  control: Control,
  { call, text }: { readonly call: Recipient & Omit<Told, 'text'>; readonly text: string | undefined },
  { life, answers }: ControlParts,
): boolean {
  try {
    const given = control(life, { params: call.params, hinted: call.hinted, text });
    if (given === false) return false;
    answers.value(call, given);
  } catch (error) {
    answers.failure(call, error);
  }
  return true;
}

const RELEASE = '.__delete__';

/** The name that a call lets go of (section 6), if it is a release. */
export function releasedName(method: string): string | undefined {
  const dot = method.length - RELEASE.length;
  return method.endsWith(RELEASE) && method.indexOf('.') === dot ? method.slice(0, dot) : undefined;
}

/** Carries a release out: of as many emissions as it says, or of all. A malformed one does nothing. */
export function release(
  name: string,
  params: unknown,
  exports: { release(name: string, count: number | undefined): void },
): void {
  const [count] = listOf(params);
  if (count === undefined || isCount(count)) exports.release(name, count);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Positional parameters; none where there are no such. */
function listOf(params: unknown): readonly unknown[] {
  return Array.isArray(params) ? (params as readonly unknown[]) : [];
}
