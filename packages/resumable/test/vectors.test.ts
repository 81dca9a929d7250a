import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { acceptingSide, claimed, diallingSide } from './by-hand.ts';

const read = <Vector>(name: string): { readonly vectors: readonly Vector[] } =>
  JSON.parse(readFileSync(new URL(`../../protocol/vectors/sessions/${name}.json`, import.meta.url), 'utf8'));

interface Accepting {
  readonly name: string;
  readonly connections: readonly {
    readonly program?: readonly string[];
    readonly send: readonly string[];
    readonly expect: readonly string[];
    readonly end?: 'cut' | 'stays';
    readonly closes?: boolean;
  }[];
  readonly delivered: readonly string[];
}

interface Dialling {
  readonly name: string;
  readonly answers: readonly (readonly string[])[];
  readonly sent: readonly (readonly string[])[];
  readonly claims: readonly (readonly [attempt: number, received: number])[];
  readonly state: string;
  readonly delivered: readonly string[];
}

const { vectors: accepting } = read<Accepting>('accepting');
const { vectors: dialling } = read<Dialling>('dialling');

describe('an accepting side', () => {
  test.each(accepting)('$name', async ({ connections, delivered }) => {
    const { dial, sessions, network, clock } = await acceptingSide();
    for (const { program = [], send, expect: expected, end, closes = false } of connections) {
      sessions[0]?.send(...program);
      const line = await dial(...send);
      await clock.advance(0);
      expect(line.messages).toEqual(expected);
      expect(line.closes).toBe(closes ? 1 : 0);
      if (end === 'cut') network.cut();
      await clock.advance(0);
    }
    expect(sessions.flatMap(({ messages }) => messages)).toEqual(delivered);
  });
});

describe('a dialling side', () => {
  test.each(dialling)('$name', async ({ answers, sent, claims, state, delivered }) => {
    const { session, lines, network, clock, changes } = await diallingSide();
    session.send('["a"]');
    await clock.advance(0);
    for (const [i, texts] of answers.entries()) {
      if (i > 0) {
        network.cut();
        await clock.advance(1000);
        const { attempt, received } = claimed(lines[i]?.messages[0]);
        expect([attempt, received]).toEqual(claims[i - 1]);
      }
      lines[i]?.send(...texts);
      await clock.advance(0);
      expect(lines[i]?.messages.slice(1)).toEqual(sent[i]);
    }
    expect(changes.at(-1)?.state).toBe(state);
    expect(session.messages).toEqual(delivered);
  });
});
