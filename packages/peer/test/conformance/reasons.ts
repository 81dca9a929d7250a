// Why we differ: the reasons that rows share.

export const ANSWERED = 'Whoever sends a request with an id waits for an answer: there is always one.';
export const DELETION_ANSWERED =
  'A Python client waits for the answer to a deletion, even of what is gone already.';
export const METHODS_FOUND =
  'The last version looked for methods of objects under the whole dotted name; release 0.2.1 and we find them.';
export const FRESH_NAME = 'What is mentioned again gets a name that lives, whatever was deleted before.';
export const HANDLER_STAYS =
  'Letting go of a reference to the handler does not end the connection that it serves.';
export const CONCURRENT = 'Calls run concurrently: an answer goes out as soon as it is there.';
export const NO_WAITING = 'Nobody waits for the answer to a deletion: it is a notification.';
export const ONE_DELETION = 'One name is let go of once, and nobody waits for an answer.';
export const ARITY_TEXT = 'The text is that of another language; the kind of error is the same.';
export const KEYWORD_TEXT =
  'The library itself matches keywords to parameters here, and refuses in its own words.';
export const JS_NUMBERS =
  'A number of JavaScript is a double, and the plain wire has no -0: what does not fit is rounded.';
export const NOT_JSON =
  'What is no JSON is never written: whoever reads strictly would lose the whole message.';
export const OWN_SLIP = 'The original raised by mistake while it raised: we name what cannot be sent.';
export const NOT_OURS =
  'A line that begins with neither { nor [ is from something else, a browser maybe: nothing behind it may be read.';
export const PLAIN_IDS = 'An id is a string, a number or a boolean; other values are too costly to compare.';
export const PARAMS_KINDS = 'Parameters are an array or an object.';
export const WHOLE_BATCH = 'One bad element does not cost the others their answers.';
export const NO_HINT_THERE =
  'Only params, kwparams, result and error data hold references; other members are ignored.';
export const NO_HANGING =
  'A call settles in any case: the program hears what is wrong instead of waiting for ever.';

/** Section 13. */
export const OTHERS_FORM = 'A request of JSON-RPC 2.0 is answered as that has it.';
