import type { EncodeContext } from '../encode.js';
import type { BatchAnswer, BatchAnswerParts } from './batch-answer.js';
import type { CancelForm } from './cancel-form.js';
import type { ParamsForm } from './params-form.js';
import type { Profile } from './profile.js';
import type { ProgressForm } from './progress-form.js';
import type { Strangers } from './strangers.js';
import type { Strict } from './strict.js';

/**
 * What is spoken on a connection: how messages are written, and what else differs from one user of JSON-RPC to another. All of
 * it is loaded by whoever imports it, and by nobody else: a server of the original, which answers in `jsonrpc2` who speaks that, has
 * it, too (section 13).
 */
export interface Dialect extends Profile {
  /** As errors tell it. */
  readonly name: string;
  /** That of the original, or JSON-RPC 2.0. */
  readonly version: 1 | 2;
  /** Whether the extensions of sections 5 to 11 are spoken: unless a side forbids it, when both sides ask for it, or never. */
  readonly extensions: 'offered' | 'on request' | 'never';
  /** What `params` that are an object mean: keyword arguments, or the one argument. */
  readonly params: ParamsForm;
  /** What a request whose id is null is. */
  readonly nullId: 'notification' | 'request';
  /** Whether several messages may come as one array. */
  readonly batches: boolean;
  /** What a method that gives nothing (undefined or null) has given, as JSON text. */
  readonly nothing: string;
  /** What JSON-RPC 2.0 says of messages; absent: the original, which says less. */
  readonly strict?: Strict;
  /** Makes one message of the answers to a batch; absent: each is one of its own. */
  readonly gather?: (parts: BatchAnswerParts) => BatchAnswer;
  /** Tells its messages from others on a connection on which the original's is spoken; absent: nobody can. */
  readonly amongOthers?: () => Strangers<Dialect>;
  /**
   * How values are written where hints mean nothing, `kindOf` saying what one is that could only travel by reference; absent: they
   * mean something everywhere.
   */
  readonly plainForm?: (
    own: Pick<EncodeContext, 'codec' | 'maxDepth'>,
    kindOf: (value: object) => string | undefined,
  ) => EncodeContext;
  readonly cancel?: CancelForm;
  readonly progress?: ProgressForm;
  /** The request by which a side asks whether the other is there: it is answered, be it published or not. */
  readonly ping?: string;
  /** Whether a number in an error is one of section 4, or others' business: then it arrives as a RemoteError with that code. */
  readonly knowsCode: (code: unknown) => boolean;
}

/** A dialect that differs from another in some of it. Bundlers leave out one that nobody imports, which they cannot of a spread. */
export function like(other: Dialect, difference: Partial<Dialect>): Dialect {
  return { ...other, ...difference };
}
