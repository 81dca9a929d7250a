import type { Probe } from './probe.js';

/** What a transport cannot do, with the reason: other rules hold for it, and say why. */
export interface DuplexCapabilities {
  /** It cannot hold messages back, and is tested to ignore `hold`. */
  readonly cannotHold?: string;
  /** It carries bytes beside a message. Default: it does not, and says so. */
  readonly carriesBytes?: boolean;
}

/** A connection under test. Neither end is started. */
export interface Connection {
  readonly a: Probe;
  readonly b: Probe;
  cut(): void;
}

/** How a connection under test is to be. */
export interface PairOptions {
  /** What the peers at both ends are ready to take. */
  readonly maxMessageBytes?: number;
}

/** What a group of rules gets to write its tests with. */
export interface Rules {
  /** A new connection; closed, and its probes checked for violations, after the test. */
  connection(options?: PairOptions): Promise<Connection>;
  readonly capabilities: DuplexCapabilities;
}
