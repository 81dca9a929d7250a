import { isObject } from '@bjsonrpc/protocol';
/** Everything that can be piped: async iterables, Web streams, Blobs and Files, and the iterators of generators. */
export type Stream =
  | AsyncIterable<unknown>
  | ReadableStream<unknown>
  | Blob
  | (Iterator<unknown> & Iterable<unknown>);

/** Arrays, texts, Maps and Sets are values; what is piped is what is being iterated already, or only can be so. */
export function isStream(value: unknown): value is Stream {
  if (!isObject(value)) return false;
  const { next, getReader } = value as { next?: unknown; getReader?: unknown };
  return (
    Symbol.asyncIterator in value ||
    typeof getReader === 'function' ||
    (typeof next === 'function' && Symbol.iterator in value) ||
    isBlob(value)
  );
}

/** Of whatever realm, a File included. It is read anew by whoever pipes it. */
function isBlob(value: object): value is Blob {
  const { stream } = value as Partial<Blob>;
  return typeof stream === 'function' && /^\[object (Blob|File)\]$/.test(toStringOf.call(value));
}

const { toString: toStringOf } = Object.prototype;

/** The one iteration of a stream. */
export function iteratorOf(stream: Stream): Iterator<unknown> | AsyncIterator<unknown> {
  if (Symbol.asyncIterator in stream) return stream[Symbol.asyncIterator]();
  if ('next' in stream) return stream;
  if (isBlob(stream)) return iteratorOf(stream.stream());
  return readerIterator((stream as ReadableStream<unknown>).getReader()); // typed as iterable everywhere; it is not
}

/** Not every browser's ReadableStream can be iterated. */
function readerIterator(reader: ReadableStreamDefaultReader<unknown>): AsyncIterator<unknown> {
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

/**
 * Ends a stream that nobody reads: Node's `destroy`, which an iteration that has not begun would not call; an iterator's
 * `return`; a Web stream's `cancel` if no one has it. Of others nothing is asked.
 */
export function abandon(value: object): unknown {
  if (typeof value === 'function') return undefined; // it may be a remote method, which has members of every name
  const {
    destroy,
    next,
    return: end,
    cancel,
    locked,
  } = value as Partial<Iterator<unknown>> & Partial<ReadableStream<unknown>> & { destroy?: unknown };
  if (Symbol.asyncIterator in value && typeof destroy === 'function') return destroy.call(value);
  if (typeof next === 'function' && typeof end === 'function') return end.call(value);
  return typeof cancel === 'function' && locked === false ? cancel.call(value) : undefined;
}

/** Levels of a value that streams are looked for in. */
const MAX_DEPTH = 200;

/**
 * Ends the streams in a value that nobody will read: in arrays and plain objects, however deep. Each is ended by `guard`, since
 * what a program gave may throw.
 */
export function abandonWithin(value: unknown, guard: (end: () => unknown) => unknown): void {
  const seen = new Set<unknown>();
  const look = (part: unknown, depth: number): unknown => {
    if (!isObject(part) || depth > MAX_DEPTH || seen.has(part)) return undefined;
    seen.add(part);
    if (isStream(part)) return abandon(part);
    if (Array.isArray(part) || Object.getPrototypeOf(part) === Object.prototype)
      for (const { value: member } of Object.values(Object.getOwnPropertyDescriptors(part)))
        guard(() => look(member, depth + 1));
    return undefined;
  };
  guard(() => look(value, 0));
}
