/**
 * What an error may bring beside its own texts and data, the errors within it included: characters, about. Writers and
 * readers keep to the same, so that what is written is read.
 */
export interface Room {
  left: number;
}

/** For one error. */
export function newRoom(): Room {
  return { left: 4096 };
}

/** What an error within another one takes, beside its texts: so there are 16 at most, however they are nested. */
export const INNER_ERROR = 256;

/** Whether so much more fits. */
export function take(room: Room, amount: number): boolean {
  room.left -= amount;
  return room.left >= 0;
}
