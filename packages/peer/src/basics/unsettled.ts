/** Thrown by an encoding: the value holds the promise of a call whose answer must come first. */
export class Unsettled {
  /** The encoding may be run again once this has settled. */
  readonly awaited: { whenSettled(again: () => void): void };

  constructor(awaited: Unsettled['awaited']) {
    this.awaited = awaited;
  }
}
