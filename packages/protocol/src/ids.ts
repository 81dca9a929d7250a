import { InvalidRequestError } from './errors.js';

/**
 * One counter per side numbers its requests and the objects it hands out, from 1, as the original did; so a
 * request's id is never that of an object, and the two directions never mix.
 */
export class Counter {
  #last = 0;
  next(): number {
    return ++this.#last;
  }
}

/** A class may be called anything; but only the first dot of a target separates, and `#` begins an alias. */
const PLAIN_NAME = /^[\p{L}\p{N}_$]+$/u;

/** The name of an exported object (section 3): lower-cased class name if it is a plain one, `_`, at least four hex digits. */
export function objectName(className: string, number: number): string {
  const prefix = PLAIN_NAME.test(className) ? className.toLowerCase() : 'object';
  return `${prefix}_${number.toString(16).padStart(4, '0')}`;
}

/**
 * The JSON text of a request's id, with which it is answered and by which it is known while it runs: ids are
 * compared with their type (`1` and `"1"` are two), and come back digit for digit.
 *
 * @param spelled how the id was written, where that must be looked up
 * @throws InvalidRequestError for an id that is an array, an object, no finite number, or longer than `maxLength`
 */
export function idText(id: unknown, maxLength: number, spelled: () => string | undefined): string {
  switch (typeof id) {
    case 'number': {
      const text = spelled() ?? '';
      if (!/\d/.test(text)) throw new InvalidRequestError('An id that is a number must be a finite one');
      return withinLength(text, maxLength);
    }
    case 'string':
      return JSON.stringify(withinLength(id, maxLength));
    case 'boolean':
      return String(id);
    default:
      throw new InvalidRequestError('An id must be a string, a number or a boolean');
  }
}

function withinLength(id: string, maxLength: number): string {
  if (id.length > maxLength)
    throw new InvalidRequestError(`An id may have ${maxLength} characters (maxIdLength)`);
  return id;
}
