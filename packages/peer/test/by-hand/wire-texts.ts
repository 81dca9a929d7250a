// What a peer that greeted writes, as text or as the part of one.

/** References as the side that holds the object writes them. */
export function objectHint(name: string): object {
  return { __remoteobject__: name };
}
export function functionHint(name: string): object {
  return { __remoteobject__: name, callable: true };
}
export function streamHint(name: string): object {
  return { __remoteobject__: name, iterable: true };
}

/** The notification that releases a name. */
export function released(name: string, count = 1): string {
  return `{"params":[${count}],"method":"${name}.__delete__"}`;
}

/** The notification that gives a call up. */
export function cancelled(id: number): string {
  return `{"params":{"id":${id}},"method":"$/cancelRequest"}`;
}

/** The text of an answer. */
export function answered(id: unknown, result: unknown): string {
  return JSON.stringify({ id, result, error: null });
}

/** The text of one item of a pipe. */
export function item(id: unknown, result: unknown): string {
  return JSON.stringify({ id, result, error: null, more: true });
}

/** The text of an error answer. */
export function failed(id: unknown, error: unknown): string {
  return JSON.stringify({ id, result: null, error });
}
