import { InvalidRequestError } from '../errors.js';
import { isResponse, type Message } from '../message.js';

/** What JSON-RPC 2.0 says of messages and the original does not (section 13). */
export interface Strict {
  /** What is told to whoever sends what is no request. */
  invalid(): Error;
  /** Whether whatever names a request and asks for nothing is an answer, if a bad one, be it that members it does not use are null. */
  isResponse(message: Message): boolean;
  /** Whether a message is of a kind that others have beside JSON-RPC. */
  isOdd(message: Message): boolean;
  /** What is wrong with a request, if anything is. */
  faultOf(message: Message): Error | undefined;
}

export const strict: Strict = {
  invalid: () => new InvalidRequestError('Invalid Request'),
  isResponse: (message) => {
    const { method, id, result, error } = message;
    if (method === undefined) return isResponse(message) || (id !== undefined && id !== null);
    return method === null && (result !== undefined || error !== undefined);
  },
  isOdd: ({ jsonrpc, id, method }) => jsonrpc === undefined && id === undefined && method === undefined,
  faultOf: ({ jsonrpc }) =>
    jsonrpc === undefined || jsonrpc === '2.0'
      ? undefined
      : new InvalidRequestError('"jsonrpc" must be "2.0"'),
};
