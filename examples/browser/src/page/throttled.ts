/** Calls at most once in so many milliseconds; what comes in between is dropped. */
export function throttled<Value>(ms: number, call: (value: Value) => void): (value: Value) => void {
  let next = 0;
  return (value) => {
    const now = performance.now();
    if (now < next) return;
    next = now + ms;
    call(value);
  };
}
