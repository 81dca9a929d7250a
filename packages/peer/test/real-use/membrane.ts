/** Which proxies a membrane makes. */
export type Wraps = (value: object) => boolean;

/** As the reactive libraries of user interfaces do: plain things, by their tag; whatever is read from them, too. */
export const reactive: Wraps = (value) =>
  /^\[object (Object|Array|Map|Set)\]$/.test(Object.prototype.toString.call(value));

/** Peers, objects, functions, and all that is in them; what a single call gave is as it is. */
export const everything: Wraps = (value) =>
  !/\[object (Promise|Request|RemoteStream)\]/.test(Object.prototype.toString.call(value));

/** A Proxy before a value and before all that is read from it. */
export function membrane<T>(value: T, wraps: Wraps): T {
  const known = new WeakMap<object, object>();
  const wrap = (inner: unknown): unknown => {
    if ((typeof inner !== 'object' && typeof inner !== 'function') || inner === null || !wraps(inner))
      return inner;
    let proxy = known.get(inner);
    if (!proxy) {
      proxy = new Proxy(inner, {
        get: (target, key, receiver) => wrap(Reflect.get(target, key, receiver)),
        apply: (target, self, args) => wrap(Reflect.apply(target as () => unknown, self, args)),
      });
      known.set(inner, proxy);
    }
    return proxy;
  };
  return wrap(value) as T;
}
