import { isClass, type ReferenceHint } from '@bjsonrpc/protocol';
import { isStream } from '../basics/streams.js';
import { isHandler } from '../publishing/publish.js';
import { referenceOf } from '../references/reference.js';

/** Gives an object a name by which the other side holds it. */
export interface Emits {
  emit(target: object, className: string, kind?: object): ReferenceHint;
}

/**
 * The hint of something of this side that travels by reference (section 3): a function, a Handler, a stream, or an object
 * of another connection, which is passed on.
 */
export function hintOfExport(value: object, exports: Emits): ReferenceHint | undefined {
  if (typeof value === 'function')
    return isClass(value) ? undefined : exports.emit(value, 'function', { callable: true });
  if (referenceOf(value)?.kind === 'object') return exports.emit(value, 'object');
  if (isHandler(value)) return exports.emit(value, value.constructor.name);
  return isStream(value) ? exports.emit(value, 'stream', { iterable: true }) : undefined;
}

/** What something is that would travel so, for people. */
export function kindOf(value: object): string | undefined {
  const hint = hintOfExport(value, {
    emit: (_, __, kind) => ({ __remoteobject__: '', ...kind }),
  });
  return (
    hint && ('callable' in hint ? 'a function' : 'iterable' in hint ? 'a stream' : 'an object by reference')
  );
}
