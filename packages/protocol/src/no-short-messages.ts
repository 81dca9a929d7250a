/**
 * Stands for short-messages.ts in bundles made for browsers (see "imports" in package.json), where size counts for more
 * than that speed: JSON.parse reads everything, and alike.
 */

/** The message, if it was read by hand. */
export function readShortMessage(_text: string): object | undefined {
  return undefined;
}

/** The id of a message as it was spelled, where it was read by hand. */
export function shortIdText(_message: object): string | undefined {
  return undefined;
}
