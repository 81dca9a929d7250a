/** Engines copy what is shorter. */
const COPIED_ANYWAY = 12;

/**
 * The same text with memory of its own. What is cut from a text keeps all of that alive: an id, the message of 16 MiB that it
 * came in. For what is kept longer than the message.
 */
export function ownText(text: string): string {
  // What is cut off here belongs to a text that is one character longer, and nobody else's.
  return text.length > COPIED_ANYWAY ? ` ${text}`.slice(1) : text;
}
