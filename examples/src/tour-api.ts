import { Handler } from '@bjsonrpc/peer';

/** An account lives on the server. Clients get references to it, never the thing itself. */
export class Account extends Handler {
  #balance = 0;

  deposit(amount: number): number {
    if (!(amount > 0)) throw new RangeError('a deposit must be positive');
    this.#balance += amount;
    return this.#balance;
  }

  balance(): number {
    return this.#balance;
  }
}

/** What the tour's server publishes: the public methods of a class, one instance for each connection. */
export class Api extends Handler<Guest> {
  add(a: number, b: number): number {
    return a + b;
  }

  openAccount(): Account {
    return new Account();
  }

  /** The arguments are references that the client holds; here they are the accounts themselves again. */
  richer(one: Account, other: Account): Account {
    return one.balance() >= other.balance() ? one : other;
  }

  /** A server may call its client, in the middle of the client's own call. */
  async greet(): Promise<string> {
    const name = await this.peer.call.whoAreYou();
    return `Good morning, ${name}!`;
  }

  /** A function of the client, called from here. */
  async bake(minutes: number, onProgress: (done: string) => void): Promise<string> {
    for (let minute = 1; minute <= minutes; minute++) await onProgress(`${minute}/${minutes}`);
    return 'a cake';
  }

  /** A stream: the producer waits whenever its reader is behind. */
  async *countdown(from: number): AsyncGenerator<number, string> {
    for (let i = from; i > 0; i--) yield i;
    return 'lift-off';
  }
}

/** What the tour's client publishes. */
export class Guest extends Handler {
  whoAreYou(): string {
    return 'Ada';
  }
}
