import type { Difference } from './difference.ts';
import { type Rule, rules } from './rules.ts';

/** Keeps account of which intended differences a run has met, so that none outlives its reason. */
export class Ledger {
  readonly #rules = new Set<Rule>();
  readonly #rows = new Set<Difference>();

  useRule(rule: Rule): void {
    this.#rules.add(rule);
  }

  useRow(row: Difference): void {
    this.#rows.add(row);
  }

  unusedRules(): string[] {
    return Object.keys(rules).filter((rule) => !this.#rules.has(rule as Rule));
  }

  unusedRows(rows: readonly Difference[]): string[] {
    return rows.filter((row) => !this.#rows.has(row)).map((row) => `${row.in}:${row.at} ${row.theirs}`);
  }
}
