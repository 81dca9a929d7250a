/** What is not said has a default. */
export interface PortOptions {
  /**
   * Of a window: the origin of the page that is to be there, `https://example.org`. What pages of others say is refused,
   * and they are told nothing. `'null'` is any page without an origin: one in a sandbox. Default: this page's own.
   */
  readonly origin?: string;
  /** How long, in milliseconds, a dial waits for the other side to be there. 0: for ever. Default: 10,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * The longest message that this end takes, in characters and bytes; a longer one breaks the connection. The peer has a
   * limit of its own (`limits.maxMessageBytes`), and the smaller one counts. Default: the peer's, or 16 MiB without one.
   */
  readonly maxMessageBytes?: number;
  /**
   * Bytes are given away: the memory of what `Duplex.send` is given beside a message goes over without a copy, and is gone
   * here. A peer gives copies that it made for the message, so its program keeps its own; what sends the same again (a
   * session of `resumable`) must not say this. Default: false, a copy goes over.
   */
  readonly transfer?: boolean;
  /** How long, in milliseconds, the other side may take nothing of what waits for it. 0: for ever. Default: 60,000. */
  readonly writeStallMs?: number;
  /** How long, in milliseconds, the other side may take to say goodbye too. Default: 2000. */
  readonly closeTimeoutMs?: number;
}

/** What holds for one connection. */
export type PortLimits = Required<Omit<PortOptions, 'origin'>>;

const DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export function limitsOf(options: PortOptions, ofPeer: number | undefined): PortLimits {
  const own = options.maxMessageBytes ?? Number.POSITIVE_INFINITY;
  const least = Math.min(own, ofPeer ?? Number.POSITIVE_INFINITY);
  return {
    maxMessageBytes: least === Number.POSITIVE_INFINITY ? DEFAULT_MAX_MESSAGE_BYTES : least,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    transfer: options.transfer ?? false,
    writeStallMs: options.writeStallMs ?? 60_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 2000,
  };
}

type Kind = readonly [what: string, isIt: (value: unknown) => boolean];

const AMOUNT: Kind = ['a number, 0 or more', (value) => typeof value === 'number' && value >= 0];

const KINDS: Readonly<Record<keyof PortOptions, Kind>> = {
  origin: ['a string', (value) => typeof value === 'string'],
  handshakeTimeoutMs: AMOUNT,
  maxMessageBytes: AMOUNT,
  transfer: ['true or false', (value) => typeof value === 'boolean'],
  writeStallMs: AMOUNT,
  closeTimeoutMs: AMOUNT,
};

/** @throws TypeError for an option that there is not, or of the wrong kind */
export function checkPortOptions(options: PortOptions): void {
  const kinds = new Map<string, Kind>(Object.entries(KINDS));
  for (const [name, value] of Object.entries(options)) {
    const kind = kinds.get(name);
    if (kind === undefined)
      throw new TypeError(`port(): there is no option '${name}'; there are ${[...kinds.keys()].join(', ')}`);
    if (value !== undefined && !kind[1](value)) throw new TypeError(`port(): ${name} must be ${kind[0]}`);
  }
}
