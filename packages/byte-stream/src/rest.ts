import { now } from './timers.js';

/** The longest that long turns rest after one of them. */
const MAX_REST_MS = 250;
/** Who was brief and has said nothing for so long, in milliseconds of listening, needs no rest of the others. */
const BRIEF_AGO_MS = 100;

// A message cannot be interrupted, but it can be made to pay: as long as another connection is brief, no long turn begins
// until the loop has been without one for as long as the last one took, with all that it set off. So those who are long
// have half of the time together, and who is brief is heard at once in the other half.

/** When the long turn began that is not paid for. */
let longSinceMs: number | undefined;
let restEndMs = 0;
/** Who was brief last, and when; and when somebody else last was. */
let lastBrief: number | undefined;
let lastBriefMs = Number.NEGATIVE_INFINITY;
let otherBriefMs = Number.NEGATIVE_INFINITY;

/** A connection, by its number, had a turn that was brief. */
export function wasBrief(id: number, atMs: number): void {
  if (id !== lastBrief) {
    otherBriefMs = lastBriefMs;
    lastBrief = id;
  }
  lastBriefMs = atMs;
}

/** Somebody had a long turn, and it may have set off more. */
export function wasLong(startMs: number): void {
  longSinceMs ??= startMs;
}

/** All that long turns have set off until now is done. */
export function endLong(): void {
  if (longSinceMs === undefined) return;
  const atMs = now();
  const tookMs = atMs - longSinceMs;
  longSinceMs = undefined;
  restEndMs = atMs + Math.min(tookMs, MAX_REST_MS);
  // In that time nobody could be heard.
  lastBriefMs += tookMs;
  otherBriefMs += tookMs;
}

/** When a connection may have a long turn, as things stand: not while others are brief, and there was one just now. */
export function restEnd(id: number): number {
  return Math.min(restEndMs, briefEnd(id));
}

/** Whether anybody but this connection is brief. */
export function isAnybodyBrief(id: number): boolean {
  return now() < briefEnd(id);
}

function briefEnd(id: number): number {
  return (id === lastBrief ? otherBriefMs : lastBriefMs) + BRIEF_AGO_MS;
}
