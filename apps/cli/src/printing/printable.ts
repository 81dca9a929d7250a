/**
 * A text of the other side's as a terminal may show it: what would move the cursor, colour, or turn the direction of what
 * follows is written as an escape.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
