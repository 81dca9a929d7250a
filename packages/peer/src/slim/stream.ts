import type { Reference } from './references.js';
import type { Request } from './requests.js';

/** How many items the caller of a pipe is ready to take before it has read any (section 8). */
export const STREAM_WINDOW = 64;

/** One item of a pipe, and the references that came with it: held until it is read. */
export interface Item {
  readonly value: unknown;
  readonly arrived: readonly Reference[];
}

/** The items of one pipe. Leaving early stops the producer, and what is not read holds it back. */
export function streamOf(request: Request): AsyncGenerator<unknown, unknown> {
  const items: Item[] = [];
  let isLeft = false;
  let wake = (): void => {};
  request.onItem = (item) => {
    if (isLeft) drop(item);
    else items.push(item);
    wake();
  };
  request.whenSettled.push(() => wake());

  async function* read(): AsyncGenerator<unknown, unknown> {
    let taken = 0;
    try {
      while (!isLeft) {
        const item = items.shift();
        if (item) {
          for (const reference of item.arrived) reference.own();
          if (++taken === STREAM_WINDOW / 2 && !request.hasResponse) {
            request.link.sendControl('$/credit', [request.id, taken]);
            taken = 0;
          }
          yield item.value;
        } else if (request.error) throw request.error;
        else if (request.hasResponse) return request.result;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      return undefined;
    } finally {
      leave();
    }
  }
  function leave(): void {
    isLeft = true;
    items.splice(0).forEach(drop);
    request.cancel();
  }

  const stream = read();
  const end = stream.return.bind(stream);
  // Whoever waits for an item when the stream is left is not kept waiting.
  stream.return = (value) => {
    leave();
    return end(value);
  };
  return Object.assign(stream, { [Symbol.asyncDispose]: () => stream.return(undefined) });
}

/** Nobody will ever see it: what came with it is given back. */
function drop({ arrived }: Item): void {
  for (const reference of arrived) reference.unhold();
}
