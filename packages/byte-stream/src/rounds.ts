import { Queue } from './queue.js';
import { endLong, restEnd, wasLong } from './rest.js';
import { now, setImmediate, setTimeout } from './timers.js';

/** So long, in milliseconds, all connections together hand over between one poll of the system and the next. */
const ROUND_MS = 4;
/** So many bytes of all connections are read before whoever else has something to say is heard. */
const ROUND_BYTES = 512 * 1024;
/** Whoever takes longer than this, in milliseconds, is long, and goes behind those who are brief. */
export const BRIEF_MS = 0.5;
/** At most so many turns between two polls, however short they are. */
const MAX_TURNS = 16;
/** One turn in so many is of those who are long, whoever else waits. */
const LONG_EVERY = 4;

// The loop belongs to all connections of the process together: they hand over for ROUND_MS at most as messages arrive,
// and as long between one poll and the next, before whoever else has something to say is heard.

/** Who waits for a turn. */
export interface InLine {
  /** The connection's number. */
  readonly id: number;
  run(): void;
}

const brief = new Queue<InLine>();
const long = new Queue<InLine>();
/** Immediates set for the next round, and those of this one that are yet to come. */
let scheduled = 0;
let left = 0;
let isFirst = false;
let isRound = false;
let roundEndMs = 0;
/** Handed over, and read, as it arrived, since the last round. */
let directMs = 0;
let readBytes = 0;
let taken = 0;
let isWaking = false;

/** A turn in the next round: with those who are brief, or behind them. */
export function getInLine(turn: InLine, isLong: boolean): void {
  (isLong ? long : brief).push(turn);
  scheduleRound();
}

/** Whether there is time for a turn right now, as a message arrives. */
export function hasTimeNow(): boolean {
  return directMs < ROUND_MS;
}

/** So many bytes more were read. Are those enough, before the next round? */
export function hasReadEnough(bytes: number): boolean {
  readBytes += bytes;
  return readBytes > ROUND_BYTES;
}

/** When a turn is over that begins now. */
export function turnEnd(startMs: number): number {
  return isRound ? roundEndMs : startMs + ROUND_MS - directMs;
}

/** A turn took so long, and may have set off more. */
export function took(startMs: number, tookMs: number): void {
  if (tookMs > BRIEF_MS) wasLong(startMs);
  if (isRound) return;
  directMs += tookMs;
  // Soon somebody is to ask what came of it, and whether the loop has come round.
  if (directMs > BRIEF_MS && scheduled === 0) setImmediates(0);
}

function scheduleRound(): void {
  const restMs = long.first === undefined ? 0 : restEnd(long.first.id) - now();
  const turns = brief.length + (restMs > 0 ? 0 : long.length);
  if (turns > 0) setImmediates(Math.min(turns, MAX_TURNS));
  else if (restMs > 0 && !isWaking) {
    isWaking = true;
    setTimeout(wake, restMs);
  }
}

/** Each turn is an immediate of its own, so that what it set off (promises, writes) happens before the next; and the end. */
function setImmediates(turns: number): void {
  for (; scheduled <= turns; scheduled++) setImmediate(takeNext);
}

function wake(): void {
  isWaking = false;
  scheduleRound();
}

function takeNext(): void {
  if (left === 0) beginRound();
  left--;
  if (left > 0) {
    if (isFirst || now() < roundEndMs) takeTurn();
    return;
  }
  endLong();
  scheduleRound();
}

function beginRound(): void {
  endLong();
  left = scheduled;
  scheduled = 0;
  directMs = 0;
  readBytes = 0;
  roundEndMs = now() + ROUND_MS;
  isFirst = true;
}

function takeTurn(): void {
  isFirst = false;
  isRound = true;
  try {
    nextInLine()?.run();
  } finally {
    isRound = false;
  }
}

function nextInLine(): InLine | undefined {
  if (long.first === undefined || now() < restEnd(long.first.id)) return brief.shift();
  return ++taken % LONG_EVERY === 0 ? long.shift() : (brief.shift() ?? long.shift());
}
