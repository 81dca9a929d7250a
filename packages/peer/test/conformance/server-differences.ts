import { type Difference, error, result, table } from './difference.ts';
import { rawDifferences } from './raw-differences.ts';
import {
  ANSWERED,
  ARITY_TEXT,
  CONCURRENT,
  DELETION_ANSWERED,
  FRESH_NAME,
  HANDLER_STAYS,
  JS_NUMBERS,
  KEYWORD_TEXT,
  METHODS_FOUND,
  NO_WAITING,
  NOT_JSON,
  OWN_SLIP,
} from './reasons.ts';

const slip = "NameError: name 'item' is not defined";
const unknown = 'unknown method';

/** What our server does on purpose otherwise than the original, session by session. */
export const serverDifferences: readonly Difference[] = [
  ...table({
    callback_out_of_order: [[11, 'nested waits end last in, first out', { comesAfter: 9 }, CONCURRENT]],

    client_object_back: [
      [
        4,
        'one deletion; the next would wait for its answer',
        { says: ['{"method":"counter_0003.__delete__"}', '{"method":"counter_0002.__delete__"}'] },
        NO_WAITING,
      ],
    ],

    client_object_deletions: [
      [
        4,
        'the name is deleted once for each mention',
        'says nothing',
        'A name is let go of once, by the last who held it.',
      ],
    ],

    client_object_kept: [[14, 'answered when the deletion is', { comesAfter: 9 }, NO_WAITING]],

    delete_close: [[5, 'no answer to the deletion', result(2, null), DELETION_ANSWERED]],

    delete_collected: [[5, 'no answer to the deletion', result(2, null), DELETION_ANSWERED]],

    errors_of_calling: [
      [7, 'a text of Python', error(3, 'TypeError: add() takes 2 arguments (0 given)'), ARITY_TEXT],
      [9, 'a text of Python', error(4, 'TypeError: add() takes 2 arguments (1 given)'), ARITY_TEXT],
      [11, 'a text of Python', error(5, 'TypeError: add() takes 2 arguments (3 given)'), ARITY_TEXT],
      [13, 'a text of Python', error(6, "getabc() has no parameter 'j'"), KEYWORD_TEXT],
      [15, 'a text of Python', error(7, "getabc() got 'a' twice"), KEYWORD_TEXT],
      [17, 'a text of Python', error(8, 'TypeError: ping() takes 0 arguments (1 given)'), ARITY_TEXT],
    ],

    object_handler: [
      [6, 'no answer to the deletion', result(3, null), DELETION_ANSWERED],
      [8, 'the handler is gone with its object', result(4, 'pong'), HANDLER_STAYS],
    ],

    object_methods: [
      [5, unknown, result(2, null), METHODS_FOUND],
      [7, unknown, result(3, [1]), METHODS_FOUND],
      [9, 'the full name is unknown', error(4, "Unknown method 'nope'"), METHODS_FOUND],
      [11, 'the full name is unknown', error(5, "Unknown method '_secret'"), METHODS_FOUND],
      [16, unknown, result(7, null), METHODS_FOUND],
    ],

    object_returned_after_deletion: [
      [5, 'no answer to the deletion', result(2, null), DELETION_ANSWERED],
      [9, 'no answer: the old name was mentioned again, and is dead', result(4, true), FRESH_NAME],
    ],

    object_unknown: [
      [5, 'no answer to the deletion', result(2, null), DELETION_ANSWERED],
      [7, 'no answer', error(3, "Unknown object 'mylist_0001'…"), ANSWERED],
      [9, 'no answer to the second deletion', result(4, null), DELETION_ANSWERED],
      [11, 'no answer', error(5, "Unknown object 'mylist_ffff'…"), ANSWERED],
      [13, 'no answer', error(6, "Unknown object 'mylist_0001'…"), ANSWERED],
      [21, 'no answer', error(8, "Unknown object 'mylist_0002'…"), ANSWERED],
      [
        25,
        'deletes, as only two parts of a name count',
        error(10, "Unknown method '__delete__.more'"),
        ANSWERED,
      ],
      [27, 'no answer, as it is deleted', result(11, []), 'It is not: the name was not that of a deletion.'],
    ],

    pipe_empty: [[5, 'no answer at all', result(1, null), ANSWERED]],

    pipe_interleaved: [[5, 'one stream after the other, then the call', { mixesUntil: 11 }, CONCURRENT]],

    references_unknown: [
      [3, 'no answer', error(1, "Unknown method 'nope'"), ANSWERED],
      [7, 'no answer', error(1, "Unknown method '_private'"), ANSWERED],
      [11, 'no answer', error(1, "Unknown method 'close'"), ANSWERED],
      [15, 'no answer', error(1, "Unknown object 'mylist_ffff'…"), ANSWERED],
      [19, 'no answer', error(1, "Unknown method 'a.b.c'"), ANSWERED],
      [23, 'no answer', error(1, "Unknown object 'mylist_ffff'…"), ANSWERED],
      [27, 'no answer', error(1, 'Malformed __objectreference__'), ANSWERED],
    ],

    results: [
      [
        15,
        '-0.0 keeps its sign',
        result(7, [
          1,
          0.1,
          0,
          1.5,
          1e15,
          1e16,
          1e100,
          1e-4,
          1e-5,
          1e-7,
          123456789.123,
          5e-324,
          Number.MAX_VALUE,
        ]),
        JS_NUMBERS,
      ],
      [17, 'integers of any size', result(8, [2 ** 53, 2 ** 64, -1e30]), JS_NUMBERS],
    ],

    results_not_serializable: [
      [3, slip, error(1, 'result: cannot send a Set…'), OWN_SLIP],
      [5, slip, error(2, 'result: cannot send a Bytes…'), OWN_SLIP],
      [7, slip, error(3, 'result: cannot send a Map…'), OWN_SLIP],
      [
        9,
        slip,
        { says: ['{"id":4,"result":{"__remoteobject__":"function_0001","callable":true},"error":null}'] },
        'A function is an object with one method, which an old peer can call as such.',
      ],
      [
        11,
        slip,
        { says: ['{"id":5,"result":1,"error":null}', '{"id":5,"result":2,"error":null}'] },
        'An iterator is a stream, whoever made it.',
      ],
    ],

    threaded: [
      [7, 'no answer', error(3, "Unknown object 'mylist_ffff'…"), ANSWERED],
      [8, 'no answer', error(3, "Unknown object 'mylist_ffff'…"), ANSWERED],
    ],

    v021_delete: [[13, 'no answer to the second deletion', result(6, null), DELETION_ANSWERED]],

    v021_errors: [
      [17, 'a text of Python', error(8, 'TypeError: add() takes 2 arguments (0 given)'), ARITY_TEXT],
      [19, 'a text of Python', error(9, 'result: cannot send a Set…'), OWN_SLIP],
    ],

    v021_objects: [
      [28, 'a text of Python', error(13, 'TypeError: add() takes 1 argument (0 given)'), ARITY_TEXT],
    ],

    values: [
      [17, '2**53+1 exactly', result(8, 2 ** 53), JS_NUMBERS],
      [19, '-10**25 exactly', result(9, -1e25), JS_NUMBERS],
      [23, '-0.0 keeps its sign', result(11, 0), JS_NUMBERS],
    ],

    values_not_json: [
      [3, 'the bare words NaN and Infinity', error(1, 'result[0]: cannot send …'), NOT_JSON],
      [5, 'the bare word NaN', error(2, 'result: cannot send …'), NOT_JSON],
      [7, 'the bare word Infinity', error(3, 'result: cannot send …'), NOT_JSON],
    ],

    wiki_session: [
      [11, unknown, result(5, null), METHODS_FOUND],
      [13, unknown, result(6, [1]), METHODS_FOUND],
      [15, 'no answer to the deletion', result(7, null), DELETION_ANSWERED],
    ],
  }),
  ...rawDifferences,
];
