/** Lines as bytes, and the messages that a framing decoder must make of them however the bytes are cut up. */
export interface ChunkingCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly messages: readonly string[];
}

function chunkingCase(name: string, text: string, messages: readonly string[]): ChunkingCase {
  return { name, bytes: new TextEncoder().encode(text), messages };
}

/** For transports that carry bytes. Each case is short enough to be split at every offset. */
export const chunkingCorpus: readonly ChunkingCase[] = [
  chunkingCase('one message', '{"method":"ping","id":1}\n', ['{"method":"ping","id":1}']),
  chunkingCase('several messages', '[1]\n{"a":2}\n[]\n', ['[1]', '{"a":2}', '[]']),
  chunkingCase('1 to 4 bytes a character', '["aé€😀"]\n{"é":"😀€"}\n["\u{10ffff}\u07ff\uffff"]\n', [
    '["aé€😀"]',
    '{"é":"😀€"}',
    '["\u{10ffff}\u07ff\uffff"]',
  ]),
  chunkingCase('CRLF', '[1]\r\n["é"]\r\n', ['[1]', '["é"]']),
  chunkingCase('empty and blank lines', '\n\r\n  \n[1]\n \t \r\n\n[2]\n\n', ['[1]', '[2]']),
  chunkingCase('blanks around', ' \t[1] \n  {"a":1}\t\r\n', ['[1] ', '{"a":1}\t']),
  chunkingCase('quotes, braces and escapes inside', '["\\"}{[",{}]\n["\\\\"]\n["\\u000a\\n"]\n', [
    '["\\"}{[",{}]',
    '["\\\\"]',
    '["\\u000a\\n"]',
  ]),
  chunkingCase('a quote left open', '["unclosed\n["next"]\n', ['["unclosed', '["next"]']),
  chunkingCase('an unfinished line at the end', '[1]\n["é', ['[1]']),
];

/** The bytes in two chunks, cut at every offset. */
export function* everySplit(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.slice(0, at), bytes.slice(at)];
}

/** The bytes one by one. */
export function singleBytes(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from(bytes, (_, at) => bytes.slice(at, at + 1));
}
