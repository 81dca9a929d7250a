import { readShortMessage } from '#short-messages';
import { assertReadable, LONG } from './assert-readable.js';
import { ParseError } from './errors.js';
import { defaultLimits, type Limits } from './limits.js';
import { withoutBareWords } from './without-bare-words.js';

/**
 * A message as JSON.parse leaves it (section 1). Nothing in it is trusted: every member may be anything, and
 * unknown ones are ignored. With a `method` it is a request or, where `id` is absent or null, a notification;
 * without one but with `result` or `error` it is a response; else it is none of these.
 */
export interface Message {
  /** Of JSON-RPC 2.0: "2.0" (section 13). */
  readonly jsonrpc?: unknown;
  readonly method?: unknown;
  readonly id?: unknown;
  readonly params?: unknown;
  readonly kwparams?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
  /** Of a response to a pipe: whether further ones follow, or how many items it holds (section 8). */
  readonly more?: unknown;
  /** Of a pipe: how many items its caller is ready to take (section 8). */
  readonly stream?: unknown;
  /** Of a request: milliseconds left to answer it (section 7). */
  readonly timeout?: unknown;
  /** Of a request: whether its caller wants to hear how far it is (section 7). */
  readonly progress?: unknown;
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}

/**
 * Read one message or one batch: any JSON value, really. Nothing keeps the text alive.
 *
 * @throws ParseError for what is no JSON (Python's NaN and Infinity are read); LimitExceededError for a long one that would take
 *   too long to read: `envelopeOf` still tells whom to answer. Shorter ones may nest deeper than `maxDepth`
 */
export function readMessage(
  text: string,
  limits: Pick<Limits, 'maxNodes' | 'maxDepth'> = defaultLimits,
): unknown {
  const short = readShortMessage(text);
  if (short) return short;
  if (text.length >= LONG) {
    assertReadable(text, limits);
    return parse(withoutBareWords(text, limits.maxNodes) ?? text); // nothing long is parsed twice
  }
  try {
    return JSON.parse(text);
  } catch {
    return parse(withoutBareWords(text, limits.maxNodes) ?? '');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ParseError();
  }
}

/** Whether a message is a response: it has what one has, and no method. */
export function isResponse({ method, result, error }: Message): boolean {
  return method === undefined && (result !== undefined || error !== undefined);
}
