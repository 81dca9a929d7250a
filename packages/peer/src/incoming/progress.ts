import type { Dialect, Message, ProgressForm } from '@bjsonrpc/protocol';

/** How the caller of a request hears of its progress. */
export interface ProgressRequest {
  /** By which the caller knows the request, as JSON text. */
  readonly token: string;
  /** Undefined: that of the extensions (section 7). */
  readonly form: ProgressForm | undefined;
}

/** What the caller asks for; undefined: nothing. `id` is the request's own, as JSON text. */
export function progressRequest(
  { params, progress }: Message,
  id: string,
  { dialect, isExtended }: { readonly dialect: Dialect; readonly isExtended: boolean },
): ProgressRequest | undefined {
  if (isExtended) return progress === true ? { token: id, form: undefined } : undefined;
  const { progress: form } = dialect;
  const token = form?.tokenIn(params);
  return token === undefined ? undefined : { token: JSON.stringify(token), form };
}
