import { type Difference, type Ours, refusal, request, result, table } from './difference.ts';
import {
  ANSWERED,
  DELETION_ANSWERED,
  FRESH_NAME,
  JS_NUMBERS,
  METHODS_FOUND,
  NO_HANGING,
  NO_WAITING,
  NOT_JSON,
  NOT_OURS,
  ONE_DELETION,
} from './reasons.ts';

const AT_ONCE =
  'A client of ours serves what comes when it comes, whether or not it waits for something itself.';
const STARTED_OVER =
  'The connection was closed by the line before: the program connects again, and asks again.';
const EXACT_IDS = 'Ids are compared with their type: true is not 1.';

const parseError = refusal('Parse error');
const unknownFormat = refusal('Unknown format');

/** What our client does on purpose otherwise than the original, session by session. */
export const clientDifferences: readonly Difference[] = table({
  callback_only_while_waiting: [
    [4, 'not served before the next call', { outcome: 'it is served at once' }, AT_ONCE],
  ],

  client_object: [
    [4, 'unknown method', result(1, 1), METHODS_FOUND],
    [6, 'carries the deletion out and does not answer', result(2, null), DELETION_ANSWERED],
  ],

  client_object_back: [
    [4, 'carries the deletion out and does not answer', result(1, null), DELETION_ANSWERED],
    [9, 'drops the deletion of what it has deleted', result(2, null), DELETION_ANSWERED],
    [10, 'drops the answer, as its name is dead', { outcome: 'the call gives the counter' }, FRESH_NAME],
  ],

  client_response_id_true: [[4, 'takes it for the answer to 1', { outcome: 'a stray answer' }, EXACT_IDS]],

  client_response_ignored: [
    [13, 'waits on', 'closes', NOT_OURS, 'tcp'],
    [13, 'waits on, without a word', parseError, ANSWERED, 'memory'],
    [15, 'waits on', request(1, 'ping'), STARTED_OVER, 'tcp'],
    [15, 'waits on, without a word', parseError, ANSWERED, 'memory'],
    [17, 'waits on', 'closes', NOT_OURS, 'tcp'],
    [17, 'waits on, without a word', unknownFormat, ANSWERED, 'memory'],
    [19, 'waits on', all(request(1, 'ping'), unknownFormat), STARTED_OVER, 'tcp'],
    [19, 'waits on, without a word', unknownFormat, ANSWERED, 'memory'],
  ],

  client_serves_while_waiting: [
    [5, 'drops the line and waits on', 'closes', NOT_OURS, 'tcp'],
    [5, 'drops the line without a word', parseError, ANSWERED, 'memory'],
    [6, 'waits on', request(1, 'ping'), STARTED_OVER, 'tcp'],
  ],

  delete_answered: [[6, 'deletes again when the object is collected', 'says nothing', ONE_DELETION]],

  delete_answered_with_error: [
    [6, 'close() raises what answers it', { outcome: 'close() has nothing to wait for' }, NO_WAITING],
  ],

  function_reference_result: [
    [
      6,
      'drops the answer, and waits for ever',
      { outcome: 'the call fails, and says which method is unknown' },
      NO_HANGING,
    ],
  ],

  own_function_refused: [
    [
      4,
      'refuses to send a function',
      { says: ['{"params":[{"__remoteobject__":"function_0003","callable":true}],"method":"echo","id":2}'] },
      'A function is an object with one method, which an old peer can call as such.',
    ],
  ],

  v021_client_object: [
    [13, 'answers when it next waits for something', { comesAfter: 10 }, AT_ONCE],
    [29, 'answers when it next waits for something', { comesAfter: 26 }, AT_ONCE],
  ],

  v021_delete: [[12, 'deletes again when the object is collected', 'says nothing', ONE_DELETION]],

  values: [
    [16, '2**53+1 exactly', request(8, 'echo', [2 ** 53]), JS_NUMBERS],
    [18, '-10**25 exactly', request(9, 'echo', [-1e25]), JS_NUMBERS],
    [22, '-0.0 keeps its sign', request(11, 'echo', [0]), JS_NUMBERS],
  ],

  values_not_json: [
    [4, 'the bare word NaN', 'says nothing', NOT_JSON],
    [6, 'the bare word Infinity', 'says nothing', NOT_JSON],
  ],
});

function all(...parts: Ours[]): Ours {
  return { says: parts.flatMap((part) => (typeof part === 'object' && 'says' in part ? part.says : [])) };
}
