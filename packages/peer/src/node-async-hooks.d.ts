/** The part of Node's module that is used: this package is compiled without the types of any platform but the browser's. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<Store> {
    run<Result>(store: Store, body: () => Result): Result;
    getStore(): Store | undefined;
  }
}
