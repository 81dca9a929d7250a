import { readFileSync } from 'node:fs';
import { usageFailure } from '../failure.js';

/** One line of a recording: a message that passed, or the end of a connection. */
export interface RecordedMessage {
  /** Connections are counted from 1. */
  readonly connection: number;
  /** Milliseconds since the recording began. */
  readonly at: number;
  /** Who said it: who dialled, or who was dialled. */
  readonly from: 'client' | 'server';
  readonly text: string;
  /** Bytes that stood beside it, in base64. */
  readonly attachments?: readonly string[];
}

/** The first line of a recording: what it is, when it began, and of whom. */
export interface RecordingHead {
  readonly recording: 'bjsonrpc';
  readonly version: 1;
  readonly began: string;
  readonly url: string;
}

/**
 * The messages of a recording, those of each connection by themselves. A last line that was cut off is left out.
 *
 * @throws Failure for a file that is none
 */
export function readRecording(path: string): ReadonlyMap<number, readonly RecordedMessage[]> {
  const [head, ...lines] = linesOf(path);
  if (parsed(head ?? '')?.recording !== 'bjsonrpc')
    throw usageFailure(`${path}: not a recording`, 'bjsonrpc trace LISTEN URL --save FILE makes one.');
  const byConnection = new Map<number, RecordedMessage[]>();
  for (const [index, line] of lines.entries()) {
    const entry = parsed(line);
    if (!isMessage(entry)) {
      if (index === lines.length - 1) break;
      throw usageFailure(`${path}, line ${index + 2}: not a message`);
    }
    const messages = byConnection.get(entry.connection);
    if (messages) messages.push(entry);
    else byConnection.set(entry.connection, [entry]);
  }
  return byConnection;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    throw usageFailure(`${path}: ${(error as Error).message}`);
  }
}

function parsed(line: string): { readonly [name: string]: unknown } | undefined {
  try {
    return JSON.parse(line) as { readonly [name: string]: unknown };
  } catch {
    return undefined;
  }
}

function isMessage(entry: unknown): entry is RecordedMessage {
  const { connection, from, text } = (entry ?? {}) as Partial<RecordedMessage>;
  return (
    typeof connection === 'number' && (from === 'client' || from === 'server') && typeof text === 'string'
  );
}
