import { type ErrorObject, errorObject } from '../error-object.js';
import { classOfCode, codes, HANDLER_ERROR, isNumbered } from '../errors.js';
import { bare } from './jsonrpc2.js';

/**
 * An error for those to whom the codes of section 4 mean something else: one that only this library knows becomes an internal
 * error. What an application has chosen is kept, and so is what came from yet another peer.
 */
export function foreignError(thrown: unknown, knowsCode: (code: unknown) => boolean): ErrorObject {
  const error = errorObject(thrown);
  const { code } = error;
  const Own = code === HANDLER_ERROR ? undefined : classOfCode(code);
  const isOfOurs = Own ? thrown instanceof Own : code === HANDLER_ERROR && !isNumbered(thrown);
  return bare(isOfOurs && !knowsCode(code) ? { ...error, code: codes.internalError } : error);
}
