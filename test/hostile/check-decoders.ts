import {
  Codec,
  decodeValue,
  envelopeOf,
  errorFromWire,
  InvalidParamsError,
  isPlainObject,
  LimitExceededError,
  LineDecoder,
  type Message,
  MessageText,
  MethodNotFoundError,
  ParseError,
  RpcError,
  readMessage,
  UnknownObjectError,
} from '@bjsonrpc/protocol';
import { expect } from 'vitest';

const expected = [
  ParseError,
  LimitExceededError,
  InvalidParamsError,
  UnknownObjectError,
  MethodNotFoundError,
];

const context = {
  codec: new Codec(),
  maxDepth: 50,
  remoteObject: (name: string) => ({ name }),
  localObject: () => {
    throw new UnknownObjectError();
  },
  localFunction: () => () => {},
};

/** What JSON.parse makes is of no class. */
function isReadByHand(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlainObject(value);
}

/** What holds for every text, be it a message or not. @throws what does not */
export function checkDecoders(text: string): void {
  const parsed = attempt(() => JSON.parse(text) as unknown);
  const read = attempt(() => readMessage(text));
  if (parsed) {
    expect(read).toBeDefined();
    if (!isReadByHand(read?.value)) expect(JSON.stringify(read?.value)).toBe(JSON.stringify(parsed.value));
    if (isRecord(parsed.value)) checkEnvelope(text, parsed.value);
  }
  if (!read) return;
  for (const message of [read.value].flat()) {
    if (!isRecord(message)) continue;
    const { params, kwparams, result, error } = message as Message;
    attempt(() => decodeValue([params, kwparams, result], context));
    expect(errorFromWire(error)).toBeInstanceOf(RpcError);
  }
}

/** Whatever the pieces in which bytes come, the lines are the same. */
export function checkLines(bytes: Uint8Array, pieceBytes: number): void {
  const whole = linesOf([bytes]);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.slice(at, at + pieceBytes));
  expect(linesOf(pieces)).toEqual(whole);
}

function linesOf(chunks: readonly Uint8Array[]): unknown {
  const decoder = new LineDecoder({ maxMessageBytes: 200 });
  const lines: string[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk.slice());
    for (let line = decoder.next(); line !== undefined; line = decoder.next()) lines.push(line);
  }
  return { lines, fault: decoder.error?.fault };
}

/** What is told without reading is what reading tells. */
function checkEnvelope(text: string, { id, method }: Message): void {
  const envelope = envelopeOf(text) as Message;
  if (typeof id === 'number') expect(Number(new MessageText(text, false).spelledId(id, 0))).toBe(id);
  if (typeof id !== 'object' && text.length < 500) expect(envelope.id).toBe(id);
  if (typeof method === 'string' && text.length < 500) expect(envelope.method).toBe(method);
}

/** @throws what no decoder may throw */
function attempt<T>(run: () => T): { readonly value: T } | undefined {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof SyntaxError || expected.some((type) => error instanceof (type as typeof RpcError)))
      return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
