import type { ErrorObject } from '../error-object.js';
import { codes, HANDLER_ERROR, nameOfCode } from '../errors.js';
import { bare } from './jsonrpc2.js';

/**
 * An error for those to whom the codes of section 4 mean something else: one that only this library knows becomes an internal
 * error. What an application has chosen is kept.
 */
export function foreignError(error: ErrorObject, knowsCode: (code: unknown) => boolean): ErrorObject {
  const { code, name } = error;
  // A name that the code implies is not told: then the error is of that class.
  const isOfOurs = code === HANDLER_ERROR || (name === undefined && nameOfCode(code) !== undefined);
  return bare(isOfOurs && !knowsCode(code) ? { ...error, code: codes.internalError } : error);
}
