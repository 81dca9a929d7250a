import { type Difference, error, result } from './difference.ts';

const ANSWERED = 'Whoever sent a request with an id waits for an answer: there is always one.';
const METHODS_FOUND =
  'The last version looked methods of objects up under the whole dotted name; release 0.2.1 and we find them.';
const FRESH_NAME = 'An object that is mentioned again has a name that lives, whatever was deleted before.';
const DELETION_ANSWERED = 'A Python client waits for the answer to its deletion, even to a second one.';
const ARITY_TEXT = 'The text is that of another language; the class of the error is the same.';
const KEYWORD_TEXT = 'Keyword arguments are checked by the library here, with an error and words of its own.';
const FRAMED_BY_MESSAGE =
  'Over TCP such a line closes the connection; where whole messages travel it is answered.';
const NOT_OUR_PROTOCOL =
  'A line that begins with neither { nor [ comes from something else, e.g. a browser: nothing behind it may be read.';

/** What our server does on purpose otherwise than the original, session by session. */
export const serverDifferences: readonly Difference[] = [];
