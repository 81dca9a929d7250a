import type { Attachments } from './duplex.js';
import { InvalidRequestError } from './errors.js';
import { hintOf } from './hints.js';
import { isObject } from './is-object.js';
import type { Message } from './message.js';

/** More than so many go beside no message: bytes beyond stand in it, as base64. */
export const MAX_ATTACHMENTS = 1024;
/** Bytes from this length on travel beside a message: of shorter ones base64 costs less. */
export const MIN_ATTACHMENT_BYTES = 256;

/** Bytes that came beside a message, where its text has the place for them. Opaque to all but the codec. */
export class Attachment {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }
}

/** Where values may stand in a message. */
const VALUES = ['params', 'kwparams', 'result', 'error'] as const;

/**
 * Puts what came beside a message into its places (section 10): in the hints `["Bytes",[0]]`, instead of their numbers.
 *
 * @throws InvalidRequestError for bytes without a place, a place without bytes, or two places for the same ones
 */
export function bindAttachments(message: Message, attachments: Attachments): void {
  const left: (Uint8Array<ArrayBuffer> | undefined)[] = [...attachments];
  let bound = 0;
  const bind = (args: unknown[]): void => {
    const bytes = left[args[0] as number];
    if (!bytes) throw new InvalidRequestError(`A place for bytes that are not there: ${String(args[0])}`);
    left[args[0] as number] = undefined;
    args[0] = new Attachment(bytes);
    bound++;
  };
  const containers: object[] = [];
  const look = (value: unknown): void => {
    if (isObject(value)) containers.push(value);
  };
  const members = Object(message) as Message; // it may be anything yet
  for (const key of VALUES) look(members[key]);
  for (let next = containers.pop(); next; next = containers.pop()) {
    const args = argsOfBytes(next);
    if (args) bind(args);
    // The keys of a literal are data: what looks like a hint there is none.
    else for (const member of Object.values(insideOf(next))) look(member);
  }
  if (bound < attachments.length)
    throw new InvalidRequestError(
      `Bytes without a place: ${attachments.length} came, ${bound} are in the message`,
    );
}

/** The arguments of a hint that stands for bytes beside the message. */
function argsOfBytes(value: object): unknown[] | undefined {
  const hint = Array.isArray(value) ? undefined : hintOf(value);
  if (hint !== '__jsonclass__') return undefined;
  const { __jsonclass__: given } = value as { readonly __jsonclass__: unknown };
  const [name, args] = Array.isArray(given) ? (given as readonly unknown[]) : [];
  return name === 'Bytes' && Array.isArray(args) && typeof args[0] === 'number' ? args : undefined;
}

function insideOf(value: object): object {
  if (Array.isArray(value) || hintOf(value) !== '__literal__') return value;
  return Object((value as { readonly __literal__: unknown }).__literal__) as object;
}
