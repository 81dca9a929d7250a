import { type Difference, error, result } from './difference.ts';

const NO_HANGING =
  'A call settles in any case: the program hears what is wrong with the answer instead of waiting for ever.';
const DELETION_ANSWERED = 'Whoever asks for a deletion waits for the answer.';
const ONE_DELETION = 'One name is let go of once, and nobody waits for an answer.';
const METHODS_FOUND = 'The last version did not find methods of objects; release 0.2.1 and we do.';

/** What our client does on purpose otherwise than the original, session by session. */
export const clientDifferences: readonly Difference[] = [];
