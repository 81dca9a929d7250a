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
  const tokens = form?.places.map((place) => memberAt(params, place));
  const token = tokens?.find((found) => typeof found === 'string' || typeof found === 'number');
  return token === undefined ? undefined : { token: JSON.stringify(token), form };
}

/** The parameters of a progress notification, as a value to be encoded; `token` is what the caller gave. */
export function progressParams({ token, value: key }: ProgressForm, given: unknown, value: unknown): object {
  if (key !== undefined) return { [token]: given, [key]: value };
  return { ...(typeof value === 'object' ? value : { progress: value }), [token]: given };
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let member = value;
  for (const name of path)
    member = Object.hasOwn(Object(member) as object, name)
      ? (member as { [name: string]: unknown })[name]
      : undefined;
  return member;
}
