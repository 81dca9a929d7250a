import { type Difference, error, type Ours, type Row, refusal, result, table } from './difference.ts';
import {
  ANSWERED,
  DELETION_ANSWERED,
  JS_NUMBERS,
  METHODS_FOUND,
  NO_HINT_THERE,
  NOT_JSON,
  NOT_OURS,
  OTHERS_FORM,
  PARAMS_KINDS,
  PLAIN_IDS,
  WHOLE_BATCH,
} from './reasons.ts';

const parseError = refusal('Parse error');
const unknownFormat = refusal('Unknown format');
const invalidParams = (id: number): Ours => error(id, 'Invalid params…');
const invalidKwparams = (id: number): Ours => error(id, 'Invalid kwparams…');

/** A line that is not of this protocol: it closes a stream of bytes; where whole messages travel it is answered. */
function foreign(at: number, answer: Ours): Row[] {
  return [
    [at, 'no answer; the connection lives on', 'closes', NOT_OURS, 'tcp'],
    [at, 'no answer', answer, ANSWERED, 'memory'],
  ];
}

/** An empty line is none on a stream of bytes; a message without content is one. */
function empty(at: number): Row {
  return [at, 'no answer', parseError, ANSWERED, 'memory'];
}

/** The sessions in which a bare socket tried what a server takes. */
export const rawDifferences: readonly Difference[] = table({
  raw_batch: [
    [14, 'the stray response ends the list', result(6, 'pong'), WHOLE_BATCH],
    [
      17,
      'the number ends the list',
      { says: [...saying(unknownFormat), ...saying(result(8, 'pong'))] },
      WHOLE_BATCH,
    ],
    [19, 'no answer', unknownFormat, ANSWERED],
  ],

  raw_dotted_names: [
    [5, 'unknown method', result(2, []), METHODS_FOUND],
    [7, 'the full name is unknown', error(3, "Unknown method 'items.more'"), METHODS_FOUND],
    [9, 'the full name is unknown', error(4, "Unknown method ''"), METHODS_FOUND],
    [15, 'no answer', error(7, "Unknown object 'MyList_0001'…"), ANSWERED],
    [17, 'no answer', error(7, "Unknown method 'ping.'"), ANSWERED],
    [19, 'no answer', error(7, "Unknown method '.ping'"), ANSWERED],
    [21, 'no answer', error(7, "Unknown method '.'"), ANSWERED],
    [23, 'no answer', error(7, "Unknown method '..'"), ANSWERED],
    [25, 'no answer', error(7, "Unknown method 'a.b'"), ANSWERED],
    [27, 'no answer', error(7, "Unknown method 'handler.ping'"), ANSWERED],
  ],

  raw_extra_members: [
    [3, 'its own form of answer', { says: ['{"jsonrpc":"2.0","id":1,"result":"x"}'] }, OTHERS_FORM],
  ],

  raw_hints_anywhere: [
    [3, 'the request as a whole is taken for an object', result(1, 'pong'), NO_HINT_THERE],
    [6, 'no answer: the parameters are taken for an object', error(2, 'Invalid params…'), ANSWERED],
    [12, 'the unknown member is taken for an object', 'says nothing', NO_HINT_THERE],
  ],

  raw_ids: [
    [23, 'the id comes back', refusal('An id must be a string, a number or a boolean'), PLAIN_IDS],
    [25, 'the id comes back', refusal('An id must be a string, a number or a boolean'), PLAIN_IDS],
  ],

  raw_invalid_utf8: [
    [
      7,
      'the whole server ends',
      'closes',
      'One connection that breaks the rules harms nobody but itself.',
      'tcp',
    ],
  ],

  raw_malformed: [
    empty(2),
    empty(6),
    empty(10),
    ...foreign(14, parseError),
    [19, 'no answer', parseError, ANSWERED],
    [23, 'no answer', parseError, ANSWERED],
    [27, 'no answer', parseError, ANSWERED],
    [31, 'no answer', parseError, ANSWERED],
    ...foreign(34, unknownFormat),
    ...foreign(38, unknownFormat),
    ...foreign(42, unknownFormat),
    ...foreign(46, unknownFormat),
    [51, 'no answer', unknownFormat, ANSWERED],
    [55, 'no answer', unknownFormat, ANSWERED],
    [59, 'no answer', unknownFormat, ANSWERED],
    ...foreign(62, parseError),
    [67, 'no answer', parseError, ANSWERED],
    [71, 'no answer', error(1, 'Unknown format'), ANSWERED],
    [75, 'no answer', error(1, 'Unknown format'), ANSWERED],
    [79, 'no answer', error(1, 'Unknown format'), ANSWERED],
    [87, 'a text of Python', error(7, 'Unknown format'), ANSWERED],
    [89, 'a text of Python', error(8, 'Unknown format'), ANSWERED],
  ],

  raw_malformed_then_good: [
    ...foreign(2, parseError),
    empty(10),
    ...foreign(18, unknownFormat),
    [34, 'no answer', error(70, "Unknown object 'mylist_ffff'…"), ANSWERED],
    [42, 'no answer', invalidParams(71), ANSWERED],
    [50, 'no answer', error(72, "Unknown object 'x'…"), ANSWERED],
  ],

  raw_numbers: [
    [3, 'the bare word NaN', error(1, 'result: cannot send …'), NOT_JSON],
    [5, 'the bare word -Infinity', error(1, 'result: cannot send …'), NOT_JSON],
    [7, 'the bare word Infinity', error(1, 'result: cannot send …'), NOT_JSON],
    [11, '-0.0 keeps its sign', result(1, 0), JS_NUMBERS],
    [17, '10**32+1 exactly', result(1, 1e32), JS_NUMBERS],
    [23, 'no answer', parseError, ANSWERED],
    [25, 'no answer', parseError, ANSWERED],
  ],

  raw_params_kinds: [
    [3, 'a text is spread into its characters', invalidParams(1), PARAMS_KINDS],
    [5, 'a text is spread into its characters', invalidParams(2), PARAMS_KINDS],
    [7, 'a text is spread into its characters', invalidParams(3), PARAMS_KINDS],
    [9, 'no answer', invalidParams(4), ANSWERED],
    [13, 'no answer', invalidParams(4), ANSWERED],
    [17, 'no answer', invalidParams(4), ANSWERED],
    [21, 'no answer', invalidParams(4), ANSWERED],
    [25, 'no answer', invalidParams(4), ANSWERED],
    [29, 'no answer', invalidKwparams(5), ANSWERED],
    [31, 'no answer', invalidKwparams(6), ANSWERED],
    [33, 'a text of Python', invalidKwparams(7), PARAMS_KINDS],
  ],

  raw_split_late: [
    [
      10,
      'the first bytes are dropped after five seconds',
      result(1, 'pong'),
      'A message may take as long as it takes.',
    ],
  ],

  v021_raw: [
    [13, 'the id comes back', refusal('An id must be a string, a number or a boolean'), PLAIN_IDS],
    ...foreign(25, parseError),
    ...foreign(29, parseError),
    [36, 'no answer', invalidParams(8), ANSWERED],
    [
      42,
      'the third part of a name is ignored',
      error(11, "Unknown method 'items.more'"),
      'Only the first dot separates.',
    ],
    [46, 'no answer', error(13, "Unknown object 'mylist_0001'…"), ANSWERED],
    [48, 'no answer to the second deletion', result(14, null), DELETION_ANSWERED],
    [
      54,
      'takes it for a bad request',
      'says nothing',
      'What has an error and no method is a response, if to nothing.',
    ],
    [60, 'no answer', error(19, "Unknown object 'mylist_0002'…"), ANSWERED],
  ],
});

function saying(ours: Ours): readonly string[] {
  return typeof ours === 'object' && 'says' in ours ? ours.says : [];
}
