import { ownText } from './own-text.js';

/**
 * Most messages are short calls and answers, written by this library itself: a frame that is always the same
 * around a few numbers and texts. Reading those by hand takes about half the time of JSON.parse. Whatever differs
 * from them in the slightest is left to JSON.parse; what is read here is read as JSON.parse would.
 */

/** A message that was read by hand. Its texts do not keep that of the message alive. */
class ShortMessage {
  readonly id: number | undefined;
  /** The id as it was spelled. */
  readonly idText: string | undefined;
  readonly method: string | undefined;
  readonly params: readonly unknown[] | undefined;
  readonly result: unknown;

  constructor(id: number | undefined, idText: string | undefined, { method, params, result }: ShortContent) {
    this.id = id;
    this.idText = idText;
    this.method = method;
    this.params = params;
    this.result = result;
  }
}

/** What a short message says. */
interface ShortContent {
  readonly method?: string;
  readonly params?: readonly unknown[];
  readonly result?: unknown;
}

const MAX_LENGTH = 256;
const MAX_ITEMS = 8;
const MAX_DIGITS = 15; // every such integer is safe

const RESULT = ',"result":';
const END_OF_RESULT = ',"error":null}';
const PARAMS = '{"params":';
const METHOD = ',"method":"';
const ID = '","id":';

const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;

/** Where the last value read ended; the text is read front to back by one reader at a time. */
let at = 0;

/** The message, if it is a short one of the common form. */
export function readShortMessage(text: string): object | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  return text.charCodeAt(2) === 105 ? readAnswer(text) : readCall(text); // {"i
}

/** The id of a message as it was spelled, where it was read by hand. */
export function shortIdText(message: object): string | undefined {
  return message instanceof ShortMessage ? message.idText : undefined;
}

/** `{"id":7,"result":…,"error":null}` */
function readAnswer(text: string): ShortMessage | undefined {
  if (!text.startsWith('{"id":')) return undefined;
  at = 6;
  const id = readInteger(text);
  if (id === undefined || !text.startsWith(RESULT, at)) return undefined;
  at += RESULT.length;
  const result = readPrimitive(text);
  if (result === undefined || at + END_OF_RESULT.length !== text.length || !text.endsWith(END_OF_RESULT))
    return undefined;
  return new ShortMessage(id, undefined, { result });
}

/** `{"params":[…],"method":"…","id":7}`, the id being optional. */
function readCall(text: string): ShortMessage | undefined {
  if (!text.startsWith(PARAMS)) return undefined;
  at = PARAMS.length;
  const params = readArray(text);
  if (params === undefined || !text.startsWith(METHOD, at)) return undefined;
  at += METHOD.length - 1;
  const method = readText(text);
  if (method === undefined) return undefined;
  if (text.charCodeAt(at) === 125 && at === text.length - 1)
    return new ShortMessage(undefined, undefined, { method, params });
  if (!text.startsWith(ID, at - 1)) return undefined;
  at += ID.length - 1;
  const start = at;
  const id = readInteger(text);
  if (id === undefined || at !== text.length - 1 || text.charCodeAt(at) !== 125) return undefined;
  return new ShortMessage(id, ownText(text.slice(start, at)), { method, params });
}

function readArray(text: string): readonly unknown[] | undefined {
  if (text.charCodeAt(at++) !== 91) return undefined; // [
  let items: readonly unknown[] | undefined;
  for (;;) {
    const item = readPrimitive(text);
    if (item === undefined) return undefined;
    items = items ? [...items, item] : [item]; // exact: a push would make room for many more
    const next = text.charCodeAt(at++);
    if (next === CLOSE_BRACKET) return items;
    if (next !== COMMA || items.length === MAX_ITEMS) return undefined;
  }
}

/** An integer, a text without escapes, true, false or null. */
function readPrimitive(text: string): unknown {
  const c = text.charCodeAt(at);
  if (c === QUOTE) return readText(text);
  if (c >= ZERO && c <= NINE) return readInteger(text);
  for (const word of WORDS) {
    if (!text.startsWith(word.text, at)) continue;
    at += word.text.length;
    return word.value;
  }
  return undefined;
}

const WORDS = [
  { text: 'null', value: null },
  { text: 'true', value: true },
  { text: 'false', value: false },
];

/** Digits alone, without a leading zero, and followed by no part of a longer number. */
function readInteger(text: string): number | undefined {
  const start = at;
  let value = 0;
  let c = text.charCodeAt(at);
  while (c >= ZERO && c <= NINE) {
    value = value * 10 + c - ZERO;
    c = text.charCodeAt(++at);
  }
  const digits = at - start;
  const isPlain = digits > 0 && digits <= MAX_DIGITS && (digits === 1 || text.charCodeAt(start) !== ZERO);
  // After a number stands one of these, or it goes on.
  return isPlain && (c === COMMA || c === CLOSE_BRACKET || c === 125) ? value : undefined;
}

function readText(text: string): string | undefined {
  const start = ++at;
  for (;;) {
    const c = text.charCodeAt(at++);
    if (c === QUOTE) return ownText(text.slice(start, at - 1));
    if (!(c >= 32) || c === BACKSLASH) return undefined; // a control character, the end of the text (NaN), an escape
  }
}
