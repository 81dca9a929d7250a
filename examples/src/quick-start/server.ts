// server.ts
import { createServer, Handler } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

// A Handler travels by reference: the client gets something that it can call.
class MyList extends Handler {
  #items: number[] = [];
  add(item: number): void {
    this.#items.push(item);
  }
  items(): number[] {
    return this.#items;
  }
}

// What the server calls of a client.
export interface Client {
  whoAreYou(): string;
}

// One instance per connection, so methods may keep state.
export class Api extends Handler<Client> {
  add(a: number, b: number): number {
    return a + b;
  }
  newList(): MyList {
    return new MyList();
  }
  merge(one: MyList, other: MyList): number[] {
    return [...one.items(), ...other.items()]; // the server's own objects again
  }
  async *tick(n: number): AsyncGenerator<number> {
    for (let i = 0; i < n; i++) yield i;
  }
  async greet(): Promise<string> {
    return `hello ${await this.peer.call.whoAreYou()}`; // calls the client back
  }
}

export const server = await createServer(tcp(), () => new Api()); // 127.0.0.1:10123
