/** One thing to do. */
export interface Item {
  /** Whoever adds it chooses: the same again is no other one. */
  readonly id: string;
  readonly text: string;
}

/** What the store, each instance and the gateway publish, each in its own way. */
export interface TodoApi {
  add(item: Item): Promise<readonly Item[]>;
  items(): Promise<readonly Item[]>;
  /** Which instance serves this connection. */
  instance(): Promise<string>;
}
