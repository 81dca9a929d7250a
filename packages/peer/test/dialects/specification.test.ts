import { readFileSync } from 'node:fs';
import { bjsonrpc, Handler, jsonrpc2 } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { rawFarSide } from '../raw-far-side.ts';

interface Example {
  readonly name: string;
  readonly send: string;
  /** Null: nothing comes. */
  readonly expect: unknown;
}

/** The exchanges of the specification's section 7. */
const examples = JSON.parse(
  readFileSync(new URL('specification-examples.json', import.meta.url), 'utf8'),
) as Example[];

class Api extends Handler {
  static override readonly parameters = { subtract: ['minuend', 'subtrahend'] };
  subtract(minuend: number, subtrahend: number): number {
    return minuend - subtrahend;
  }
  sum(...numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }
  update(): void {}
  notify_hello(): void {}
  notify_sum(): void {}
  get_data(): unknown[] {
    return ['hello', 5];
  }
}

describe.each([
  ['a peer that speaks it', jsonrpc2],
  ['a peer of the original, on the same port', bjsonrpc],
])('the examples of the specification: %s', (_, dialect) => {
  test('all of them, one after another on one connection', async () => {
    const far = rawFarSide(new Api(), { ...(dialect !== bjsonrpc && { dialect }), onError: () => {} });
    const ping = '{"jsonrpc":"2.0","method":"sum","params":[1],"id":"end"}';
    for (const { name, send, expect: expected } of examples) {
      far.write(send);
      far.write(ping); // what should not come would come before its answer
      const answers = [JSON.parse(await far.next())];
      if (expected !== null) answers.push(JSON.parse(await far.next()));
      const end = { jsonrpc: '2.0', id: 'end', result: 1 };
      expect(answers, name).toEqual(expected === null ? [end] : [expected, end]);
    }
  });
});

test('the same port answers the original in its own form before and after', async () => {
  const far = rawFarSide(new Api());
  const own = '{"params":[1,2],"method":"sum","id":1}';
  expect(await far.ask(own)).toBe('{"id":1,"result":3,"error":null}');
  expect(await far.ask('{"jsonrpc":"2.0","method":"sum","params":[1,2],"id":1}')).toBe(
    '{"jsonrpc":"2.0","id":1,"result":3}',
  );
  expect(await far.ask(own)).toBe('{"id":1,"result":3,"error":null}');
});
