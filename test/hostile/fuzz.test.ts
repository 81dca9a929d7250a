import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockCoverage } from './block-coverage.ts';
import { checkDecoders, checkLines } from './check-decoders.ts';
import { mutate, seeded } from './mutate.ts';

// `npm run fuzz` looks for long, and keeps in the corpus what reaches new blocks; here it is for a moment.
// biome-ignore lint/suspicious/noUndeclaredEnvVars: it is no input of a build
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 1);
const folder = new URL('corpus/', import.meta.url);
const corpus = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));

const check = (text: string): void => {
  checkDecoders(text);
  checkLines(new TextEncoder().encode(`${text}\n`), 1 + (text.length % 7));
};
const keep = (kind: string, text: string): void => {
  const name = createHash('sha1').update(text).digest('hex').slice(0, 12);
  writeFileSync(new URL(`${kind}-${name}`, folder), text);
};

test.each(corpus)('the corpus: %s', check);

describe('the grammar', () => {
  const json = fc.json({ maxDepth: 4 });
  const hint = fc
    .tuple(fc.constantFrom('Date', 'Bytes', 'Map', 'Set', 'URL', 'RegExp', 'Error', 'BigInt', 'Number'), json)
    .map(([name, args]) => `{"__jsonclass__":["${name}",[${args}]]}`);
  const id = fc
    .oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null))
    .map((x) => JSON.stringify(x));
  const member = fc.oneof(
    fc.tuple(fc.constantFrom('params', 'kwparams', 'result', 'error', 'x'), fc.oneof(json, hint)),
    fc.tuple(fc.constantFrom('id', '\\u0069d', 'method', 'more', 'stream'), id),
  );
  const space = fc.constantFrom('', ' ', '\t', '\r');
  const message = fc
    .tuple(fc.array(member, { maxLength: 5 }), space)
    .map(([members, gap]) => `{${members.map(([key, value]) => `${gap}"${key}"${gap}:${value}`).join(',')}}`);
  const batch = fc.array(message, { maxLength: 4 }).map((messages) => `[${messages}]`);

  test('holds for messages and batches of all kinds', () => {
    fc.assert(fc.property(fc.oneof(message, batch), check), { numRuns: 300 * SECONDS });
  });

  test('bytes of any kind come out as the same lines, whatever their pieces', () => {
    const byte = fc.constantFrom(...Buffer.from('{}[]"\n\r\t x'), 0xc3, 0xbc, 0xff, 0);
    const bytes = fc.array(byte, { maxLength: 300 }).map((list) => Uint8Array.from(list));
    fc.assert(fc.property(bytes, fc.integer({ min: 1, max: 9 }), checkLines), { numRuns: 300 * SECONDS });
  });
});

test('what is like the corpus, led by the blocks that it reaches', {
  timeout: 2000 * SECONDS + 20_000,
}, () => {
  using coverage = new BlockCoverage('packages/protocol/src');
  const seed = SECONDS > 1 ? Date.now() : 1;
  const below = seeded(seed);
  const found = [...corpus];
  for (const text of corpus) check(text);
  coverage.look();
  let tried = 0;
  for (const end = performance.now() + 1000 * SECONDS; performance.now() < end; ) {
    const texts = Array.from({ length: 50 }, () => mutate(found, below));
    for (const text of texts) {
      try {
        check(text);
      } catch (error) {
        if (SECONDS > 1) keep('fault', text);
        throw new Error(`${JSON.stringify(text)} (seed ${seed})`, { cause: error });
      }
    }
    tried += texts.length;
    if (coverage.look() === 0) continue;
    // One of these has reached something new.
    for (const text of texts) {
      check(text);
      if (coverage.look() === 0) continue;
      found.push(text);
      if (SECONDS > 1) keep('block', text);
    }
  }
  expect(tried).toBeGreaterThan(0);
  if (SECONDS > 1) console.info(`${tried} texts, ${found.length - corpus.length} of them new to the corpus`);
});
