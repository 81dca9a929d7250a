/**
 * Options are checked where they come in: a misspelled one would be ignored in silence.
 *
 * @throws TypeError for a name that is not known
 */
export function assertKnown(what: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!known.includes(name))
      throw new TypeError(`${what}: there is no option '${name}'; there are ${known.join(', ')}`);
  }
}

/** @throws TypeError for what is neither undefined nor a number of milliseconds, messages or bytes, 0 or more */
export function assertAmount(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return;
  throw new TypeError(`${name} must be a number, 0 or more: it is ${shown(value)}`);
}

/** @throws TypeError for what is neither undefined nor a function */
export function assertFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new TypeError(`${name} must be a function: it is ${shown(value)}`);
}

/** @throws TypeError for what is neither undefined nor an AbortSignal, of whatever realm */
export function assertSignal(value: unknown): void {
  if (value === undefined || typeof (value as AbortSignal | null)?.aborted === 'boolean') return;
  throw new TypeError(`signal must be an AbortSignal: it is ${shown(value)}`);
}

/** @throws TypeError for what cannot do that of a transport: an URL, a socket, or nothing at all */
export function assertTransport(value: unknown, verb: 'dial' | 'listen'): void {
  if (typeof (value as { readonly [verb: string]: unknown } | null | undefined)?.[verb] === 'function')
    return;
  throw new TypeError(`transport must be one, such as tcp() or ws(): it is ${shown(value)}`);
}

function shown(value: unknown): string {
  return typeof value === 'string'
    ? `'${value}'`
    : typeof value === 'object' && value
      ? 'an object'
      : String(value);
}
