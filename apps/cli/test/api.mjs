// What the tests serve.
import { Handler } from '@bjsonrpc/peer';

let held = 0;

class List extends Handler {
  #items = [];

  constructor() {
    super();
    held++;
  }
  onClose() {
    held--;
  }

  add(item) {
    return this.#items.push(item);
  }
  items() {
    return this.#items;
  }
}

export default class Api extends Handler {
  static parameters = { add: ['a', 'b'] };

  add(a, b) {
    return a + b;
  }
  held() {
    return held;
  }
  newList() {
    return new List();
  }
  async *tick(n) {
    for (let i = 0; i < n; i++) yield i;
  }
  async *forever() {
    for (let i = 0; ; i++) {
      yield i;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  async callBack(report) {
    await report('half', 0.5);
    return 'done';
  }
  fail() {
    throw new Error('no luck');
  }
  endSoon() {
    setTimeout(() => process.exit(), 50);
  }
  never() {
    return new Promise(() => {});
  }
}
