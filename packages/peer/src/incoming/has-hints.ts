import { isObject, type Message } from '@bjsonrpc/protocol';

/** Whether the arguments of a call may hold hints: the text is looked at only where they are more than texts and numbers. */
export function hasHints({ params, kwparams }: Message, source: { readonly mayHoldHints: boolean }): boolean {
  const plain = params === undefined || (Array.isArray(params) && !params.some(isObject));
  return !(plain && kwparams === undefined) && source.mayHoldHints;
}
