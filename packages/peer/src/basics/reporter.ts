import { type ConnectionInfo, errorText, METHOD_NOT_FOUND, RpcError } from '@bjsonrpc/protocol';

/** What an error that nobody else hears of is about. */
export interface ErrorContext {
  /** The method that failed, was refused, or could not be answered. */
  readonly method?: string;
  /** Under which a masked error was told to its caller. */
  readonly errorId?: string;
  /** The connection that was refused, or that broke. */
  readonly connection?: Partial<ConnectionInfo>;
}

/** Gets what could not be told to any caller. */
export type OnError = (error: unknown, context: ErrorContext) => void;

/** So many different errors are told apart where nobody listens; after them the program knows. */
const MAX_SAID = 100;

const said = new Set<string>();

/** Where a program gives no `onError`: each error is said once on the console. Connections come and go without a word. */
export const sayOnce: OnError = (error, { method = 'a hook', connection }) => {
  if (connection || said.size >= MAX_SAID) return;
  const text = `bjsonrpc: ${method}: ${errorText(error)}`;
  if (said.has(text)) return;
  said.add(text);
  // A stranger's notification that means nothing here is ordinary, and no stack of ours explains it.
  const isUnknown = error instanceof RpcError && error.code === METHOD_NOT_FOUND;
  console.error(...(isUnknown ? [text] : [text, error]));
};

/** Runs what an application gave us: what it throws, at once or later, disturbs nobody and is reported. */
export class Reporter {
  readonly #onError: OnError;

  constructor(onError: OnError) {
    this.#onError = onError;
  }

  /** Never throws, and never rejects. */
  async guard(run: () => unknown, context?: ErrorContext): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.report(error, context);
    }
  }

  report(error: unknown, context: ErrorContext = {}): void {
    try {
      const told: unknown = this.#onError(error, context);
      if (told instanceof Promise) told.catch(() => {}); // an async reporter that fails, too
    } catch {
      // The reporter itself failed: there is nobody left to tell.
    }
  }
}
