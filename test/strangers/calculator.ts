import { currentCall, Handler, type Peer, RpcError } from '@bjsonrpc/peer';

/** What both sides of the tests publish to strangers that have methods, and no protocol above them. */
export interface Calculator {
  add(a: number, b: number): number;
  echo(value: unknown): unknown;
  nothing(): null;
  fail(): never;
  slow(ms: number): string;
  tell(value: unknown): void;
}

/** The same, written with this library. */
export class OwnCalculator extends Handler {
  static override readonly parameters: { readonly [method: string]: readonly string[] } = { add: ['a', 'b'] };
  readonly told: unknown[] = [];

  add(a: number, b: number): number {
    return a + b;
  }
  echo(value: unknown): unknown {
    return value;
  }
  nothing(): null {
    return null;
  }
  fail(): never {
    throw new RpcError('it failed', { code: 4001, data: { why: ['so'] } });
  }
  async slow(ms: number): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return `after ${ms}`;
  }
  tell(value: unknown): void {
    this.told.push(value);
  }
  /** Calls the caller. */
  async back(a: number, b: number): Promise<number> {
    return await (currentCall().peer as Peer<Calculator>).call.add(a, b);
  }
}
