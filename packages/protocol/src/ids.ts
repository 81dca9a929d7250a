import { InvalidRequestError } from './errors.js';
import { spelledId } from './json-scan.js';

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

/** The name of an exported object (section 3): lower-cased class name, `_`, at least four hex digits. */
export function objectName(className: string, number: number): string {
  return `${className.toLowerCase()}_${number.toString(16).padStart(4, '0')}`;
}

/**
 * The JSON text of a request's id, with which it is answered and by which it is known while it runs: ids are
 * compared with their type (`1` and `"1"` are two), and come back digit for digit.
 *
 * @throws InvalidRequestError for an id that is an array, an object, or longer than `maxLength`
 */
export function idText(id: unknown, maxLength: number, text: string, element?: number): string {
  switch (typeof id) {
    case 'number':
      if (Number.isSafeInteger(id) && id > 0)
        return withinLength(plainSpelling(id, text, element), maxLength);
      return withinLength(spelledId(text, element) ?? String(id), maxLength);
    case 'string':
      return JSON.stringify(withinLength(id, maxLength));
    case 'boolean':
      return String(id);
    default:
      throw new InvalidRequestError('An id must be a string, a number or a boolean');
  }
}

/** 1.0 and 1e2 are safe integers once parsed; the text tells whether this one was spelled in the plain way. */
function plainSpelling(id: number, text: string, element?: number): string {
  const digits = String(id);
  const start = text.lastIndexOf('"id":') + 5;
  const next = text.charCodeAt(start + digits.length);
  const plain = start > 4 && text.startsWith(digits, start) && (next === 125 || next === 44); // } or ,
  return plain ? digits : (spelledId(text, element) ?? digits);
}

function withinLength(id: string, maxLength: number): string {
  if (id.length > maxLength) throw new InvalidRequestError(`An id may have ${maxLength} characters`);
  return id;
}
