// host.ts: what a plugin sees of the program that has started it, and the other way round
import { Handler } from '@bjsonrpc/peer';

/** What the host publishes to its plugins. */
export class Host extends Handler<Plugin> {
  log(text: string): void {
    console.log(`log: ${text}`);
  }
}

/** What each plugin publishes. */
export interface Plugin {
  name(): string;
  /** A function by reference: it stays with the plugin, and is called there. */
  command(): (text: string) => string;
}
