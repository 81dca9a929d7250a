import type { Duplex } from '@bjsonrpc/protocol';
import { afterEach, describe, expect } from 'vitest';
import { bytesRules } from './bytes-rules.js';
import { closeRules } from './close-rules.js';
import { deliveryRules } from './delivery-rules.js';
import { flowRules } from './flow-rules.js';
import { memberRules } from './member-rules.js';
import { Probe } from './probe.js';
import type { Connection, DuplexCapabilities, PairOptions, Rules } from './rules.js';

/** A connection to test, made by the transport's own spec. */
export interface OpenedPair {
  readonly a: Duplex;
  readonly b: Duplex;
  /** Break the connection underneath both ends. Without it, end `a` is closed with an error. */
  readonly cut?: () => void;
  /** Release what the pair stood on (a listener). Called after each test. */
  close(): Promise<void>;
}

/**
 * Registers the rules of a {@link Duplex} as vitest tests. `open` makes a new connection for each of them, dialled and
 * listened for with the options that it gets.
 */
export function duplexSuite(
  name: string,
  open: (options: PairOptions) => Promise<OpenedPair>,
  capabilities: DuplexCapabilities = {},
): void {
  describe(`${name} is a Duplex`, () => {
    const opened: { readonly pair: OpenedPair; readonly probes: readonly Probe[] }[] = [];

    afterEach(async () => {
      const violations: string[] = [];
      for (const { pair, probes } of opened.splice(0)) {
        for (const probe of probes) probe.close(new Error('The test is over'));
        await pair.close();
        for (const probe of probes) violations.push(...probe.violations);
      }
      expect(violations).toEqual([]);
    });

    const connection = async (options: PairOptions = {}): Promise<Connection> => {
      const pair = await open(options);
      const a = new Probe(pair.a);
      const b = new Probe(pair.b);
      opened.push({ pair, probes: [a, b] });
      return { a, b, cut: () => (pair.cut === undefined ? a.close(new Error('cut')) : pair.cut()) };
    };

    const rules: Rules = { connection, capabilities };
    describe('delivery', () => deliveryRules(rules));
    describe('close', () => closeRules(rules));
    describe('flow', () => flowRules(rules));
    describe('bytes', () => bytesRules(rules));
    describe('optional members', () => memberRules(rules));
  });
}
