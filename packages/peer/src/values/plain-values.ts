import { type Dialect, type EncodeContext, PLAIN_JSON, UnsendableError } from '@bjsonrpc/protocol';
import { isStream } from '../basics/streams.js';
import { isHandler } from '../publishing/publish.js';
import { referenceOf } from '../references/reference.js';

/** How values are written to those to whom hints mean nothing (section 13): as plain JSON, or not at all. */
export function plainContext(
  { codec, maxDepth }: Pick<EncodeContext, 'codec' | 'maxDepth'>,
  { plainForm }: Pick<Dialect, 'plainForm'>,
): EncodeContext {
  return { codec, maxDepth, isPlain: true, classHint: plainForm, refer: refuse };
}

/** @throws UnsendableError for what could only travel by reference */
function refuse(value: object, path: string): undefined {
  const what = kindOf(value);
  if (what) throw new UnsendableError(`${what}: ${PLAIN_JSON}`, path);
}

function kindOf(value: object): string | undefined {
  if (typeof value === 'function') return 'a function';
  if (isHandler(value) || referenceOf(value)) return 'an object by reference';
  return isStream(value) ? 'a stream' : undefined;
}
