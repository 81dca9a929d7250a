/**
 * The differences that occur everywhere, and so are rules instead of rows. Each says exactly what may differ and nothing
 * more; each must be needed by some session, or a test fails.
 */
export const rules = {
  numbering:
    'Every mention of an object of ours to a peer that did not greet has a fresh name, where the original repeats the ' +
    'first: old peers delete once per mention. Names and ids are drawn from one counter, so later ids shift, too. ' +
    'Checked: the class, and that every number is the next of our counter.',
  deletion:
    'A deletion of ours is a notification. The original sends a request and waits for its answer, with nobody else ' +
    'served meanwhile; what answers the request is not played.',
  python2:
    "Release 0.2.1 writes an unknown method as Python 2 does, u'name'; we write 'name', as the last version does.",
  numberText: 'A number that is one value in both texts is the same: 1e+16 and 10000000000000000.',
  memberOrder:
    'Messages are compared as JSON values; ours always have the order of release 0.2.1 (kwparams, params, method, id; ' +
    'id, result, error), whichever version was recorded.',
  bytes:
    'What is cut, or is no text, exists on a byte stream alone: played over TCP, left out where whole messages travel.',
} as const;

export type Rule = keyof typeof rules;
