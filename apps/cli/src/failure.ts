import { exitCodes } from './exit-codes.js';
import type { Output } from './terminal.js';

/** What is known of a failure besides its message. */
export interface FailureDetails {
  readonly exitCode: number;
  /** What the user may do about it: a sentence or two. */
  readonly advice?: string | undefined;
  readonly cause?: unknown;
}

/** The command cannot do what it was asked for. Its message is one line, for standard error. */
export class Failure extends Error {
  readonly exitCode: number;
  readonly advice: string | undefined;

  constructor(message: string, { exitCode, advice, cause }: FailureDetails) {
    super(message, { cause });
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** What was typed is wrong. */
export function usageFailure(message: string, advice?: string): Failure {
  return new Failure(message, { exitCode: exitCodes.usage, advice });
}

/** Says it, in a line or two. What is JSON stays that. */
export async function tellFailure({ message, advice }: Failure, out: Output): Promise<void> {
  await out.line(message.startsWith('{') ? message : `${out.colors.red('bjsonrpc:')} ${message}`);
  if (advice !== undefined) await out.line(out.colors.dim(`  ${advice}`));
}
