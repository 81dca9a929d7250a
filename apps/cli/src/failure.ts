import { exitCodes } from './exit-codes.js';

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
