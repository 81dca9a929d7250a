import type { SessionInfo } from '@bjsonrpc/protocol';
import type { Settings } from './resumable-options.js';
import type { LostReason } from './session-lost-error.js';

/** Who looks after a session: finds its next connection, or keeps it until one comes. */
export interface Keeper {
  /** Its connection is gone. */
  away(error: Error | undefined): void;
  /** It keeps so many characters more while it is away. */
  grew(chars: number): void;
  /** It is over. `isTold`: the other side has heard so, or will. */
  over(reason: LostReason, isTold: boolean): void;
  /** Whether it keeps the program alive. */
  keepAlive(on: boolean): void;
}

/** What a session is made for. */
export interface SessionOptions {
  readonly settings: Settings;
  readonly keeper: Keeper;
  readonly maxMessageBytes: number | undefined;
  /** Whether its connections carry bytes beside a message: they are all of one kind. */
  readonly carriesBytes: boolean;
}

export type State = SessionInfo['state'];

/** What programs may know of a session, and nothing that they could do to it. */
export function sessionInfo(id: string, stateNow: () => State): SessionInfo {
  return {
    id,
    get state() {
      return stateNow();
    },
  };
}
