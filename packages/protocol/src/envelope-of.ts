import { attempt } from './attempt.js';
import { eachMember } from './each-member.js';
import type { Message } from './message.js';
import { referencesInText } from './references-in-text.js';

/** What a message says of itself, in so many characters at most. */
const MAX_VALUE = 1000;

const told: ReadonlySet<string> = new Set(['method', 'id', 'more', 'stream', 'result', 'error']);

/**
 * What can be told of a message that is not to be read (see `readMessage`): whose answer it is, or whom to answer; and of its
 * values the references, which are to be given back. Its other members are left out, and a result or an error is null. Undefined
 * for a batch, and for what is no object.
 */
export function envelopeOf(text: string): Message | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const envelope: { [key: string]: unknown } = {};
  eachMember(text, false, (key, _, valueAt) => {
    if (told.has(key))
      envelope[key] = key === 'result' || key === 'error' ? null : primitiveAt(text, valueAt);
  });
  const references = referencesInText(text).map((name) => ({ __remoteobject__: name }));
  if (references.length > 0) envelope[envelope.method === undefined ? 'result' : 'params'] = references;
  return envelope;
}

/** A text, a number or a word; an empty object for anything else, which no method and no id can be. */
function primitiveAt(text: string, at: number): unknown {
  const [value] = /^(?:"(?:[^"\\]|\\.)*"|[-+.\w]+)/.exec(text.slice(at, at + MAX_VALUE)) ?? [];
  return attempt<unknown>(() => JSON.parse(value ?? '{}'), {});
}
