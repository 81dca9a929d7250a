import pc from 'picocolors';
import { runIn } from '../src/run-cli.js';
import type { Output } from '../src/terminal.js';
import type { Outcome } from './run-bjsonrpc.js';

/** Runs the program's source in this process, as in a pipe. */
export function bjsonrpcHere(...args: readonly string[]): Promise<Outcome> {
  return run(args, false);
}

/** The same, as at a terminal without colours. */
export function atTerminal(...args: readonly string[]): Promise<Outcome> {
  return run(args, true);
}

async function run(args: readonly string[], isTerminal: boolean): Promise<Outcome> {
  const [out, err] = [new Written(isTerminal), new Written(isTerminal)];
  const interrupted = new AbortController().signal;
  const code = await runIn({ out, err, interrupted, isInteractive: isTerminal }, args);
  return { code, out: out.text, err: err.text };
}

/** Keeps what is written. */
class Written implements Output {
  readonly isTerminal: boolean;
  readonly colors = pc.createColors(false);
  readonly columns: number | undefined;
  text = '';

  constructor(isTerminal: boolean) {
    this.isTerminal = isTerminal;
    this.columns = isTerminal ? 80 : undefined;
  }

  async line(text: string): Promise<void> {
    this.text += `${text}\n`;
  }

  write(text: string): void {
    this.text += text;
  }
}
