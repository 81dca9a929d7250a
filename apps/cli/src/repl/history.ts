import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const MAX_LINES = 1000;

/** Where lines are kept from one repl to the next: BJSONRPC_HISTORY, or a file in the user's folder. */
function historyPath(): string {
  return process.env.BJSONRPC_HISTORY ?? join(homedir(), '.bjsonrpc', 'history');
}

/** The newest first, as readline has it. None where there is no such file. */
export function readHistory(): string[] {
  try {
    return readFileSync(historyPath(), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** For its owner alone. Where it cannot be written it is not kept: that is no reason to disturb. */
export function writeHistory(lines: readonly string[]): void {
  try {
    mkdirSync(dirname(historyPath()), { recursive: true, mode: 0o700 });
    writeFileSync(historyPath(), `${lines.slice(0, MAX_LINES).join('\n')}\n`, { mode: 0o600 });
  } catch {}
}
