import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex as Stream } from 'node:stream';
import {
  Crowd,
  type Crowded,
  InputBudget,
  NO_DESCRIPTORS,
  now,
  refusalTeller,
  usesSpareDescriptor,
} from '@bjsonrpc/byte-stream';
import type { ListenOptions, OnDuplex } from '@bjsonrpc/protocol';
import type { WebSocketServer } from 'ws';
import { authenticate } from './authenticate.js';
import { connectionOptions } from './connection-options.js';
import { deflatingOf } from './deflate.js';
import { judge } from './gate.js';
import { type NodeWsLimits, nodeLimitsOf } from './node-limits.js';
import { type Refusal, refuse } from './refusal.js';
import { WsDuplex } from './ws-duplex.js';
import { bracketed, crowdLimitsOf, handshakeTimeoutOf, type WsOptions } from './ws-options.js';

export interface DoorkeeperParts {
  readonly options: WsOptions;
  readonly listenOptions: ListenOptions;
  readonly onDuplex: OnDuplex;
  readonly WebSocketServer: typeof WebSocketServer;
  /** The address that the server listens on, if it is one of IP. */
  readonly bound: () => string | undefined;
}

/** Lets connections in: everybody passes the gate before there is anything to offer. Who does not is told of. */
export class Doorkeeper {
  readonly #parts: DoorkeeperParts;
  readonly #limits: NodeWsLimits;
  readonly #budget: InputBudget;
  readonly #tell: ReturnType<typeof refusalTeller>;
  readonly #crowd: Crowd;
  readonly #upgrader: WebSocketServer;
  /** When whoever is still to say something came. */
  readonly #arrivedMs = new WeakMap<Stream, number>();
  #isOpen = true;

  constructor(parts: DoorkeeperParts) {
    this.#parts = parts;
    this.#limits = nodeLimitsOf(parts.options, parts.listenOptions.maxMessageBytes);
    this.#budget = new InputBudget(this.#limits.maxUnfinishedBytes);
    this.#tell = refusalTeller(parts.listenOptions.onRefused, 'ws');
    this.#crowd = new Crowd(crowdLimitsOf(parts.options));
    this.#upgrader = new parts.WebSocketServer({
      ...connectionOptions(this.#limits, parts.options),
      noServer: true,
      clientTracking: false,
    });
    this.#upgrader.on('wsClientError', ({ message }, socket) =>
      this.#turnAway(socket as Socket, {
        status: message === 'Invalid HTTP method' ? 405 : 400,
        why: message,
        headers: ['Sec-WebSocket-Version: 13, 8'],
      }),
    );
  }

  /** A connection to a server of our own: its time runs, and if it goes without a word that is told. */
  watch(socket: Socket): void {
    this.#arrivedMs.set(socket, now());
    const from = remoteOf(socket);
    socket.once('close', () => {
      if (this.#arrivedMs.has(socket)) this.tell({ why: 'it hung up before it asked for anything' }, from);
    });
  }

  /** A request that was answered by others, with a no. */
  refused(refusal: Refusal, socket: Socket): void {
    this.#arrivedMs.delete(socket);
    this.tell(refusal, remoteOf(socket));
  }

  /** Tell whoever listens. */
  tell({ why, detail, cause }: Omit<Refusal, 'status'>, remoteAddress?: string): void {
    this.#tell({ remoteAddress, why: detail === undefined ? why : `${why}: ${detail}`, cause });
  }

  /** A request to upgrade, the socket that it came by, and what came right behind it. Never throws. */
  readonly upgrade = (request: IncomingMessage, socket: Stream, head: Buffer): void => {
    if (!(socket instanceof Socket)) return void socket.destroy();
    socket.on('error', () => {});
    const from = remoteOf(socket);
    // Whoever else upgraded this socket too is mistaken; nobody gets it.
    this.#upgrade(request, socket, head).catch((cause: unknown) => {
      socket.destroy();
      this.tell({ why: 'the upgrade failed', cause }, from);
    });
  };

  close(): void {
    this.#isOpen = false;
  }

  async #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const arrivedMs = this.#arrivedMs.get(socket) ?? now();
    this.#arrivedMs.delete(socket);
    const { options, bound, onDuplex } = this.#parts;
    const { remoteAddress = '', localAddress } = socket;
    const from = remoteOf(socket);
    const refusal =
      judge(request.headers, options, { bound: bound(), local: localAddress }) ?? this.#enter(socket);
    if (refusal) return this.#turnAway(socket, refusal);
    socket.on('close', () => this.#crowd.leave(remoteAddress));
    const entry = options.authenticate
      ? await authenticate(
          () => options.authenticate?.(request),
          handshakeTimeoutOf(this.#limits) - (now() - arrivedMs),
        )
      : undefined;
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return this.tell({ why: 'it hung up before it was let in' }, from);
    }
    if (entry && 'status' in entry) return this.#turnAway(socket, entry);
    if (!this.#isOpen) return this.#turnAway(socket, { status: 503, why: 'closing' });
    let answered = '';
    this.#upgrader.removeAllListeners('headers').once('headers', (lines) => (answered = lines.join('\n')));
    this.#upgrader.handleUpgrade(request, socket, head, (opened) => {
      const remote = from ?? 'the other side';
      const duplex = new WsDuplex({
        socket: opened,
        raw: socket,
        isClient: false,
        deflating: deflatingOf(opened, options, answered),
        remote,
        limits: this.#limits,
        budget: this.#budget,
      });
      onDuplex(duplex, { transport: 'ws', ...(from === undefined ? {} : { remoteAddress: from }), ...entry });
    });
  }

  #enter(socket: Socket): Refusal | undefined {
    const why = usesSpareDescriptor(socket) ? NO_DESCRIPTORS : this.#crowd.enter(socket.remoteAddress ?? '');
    return why && { status: STATUS_OF[why], why };
  }

  #turnAway(socket: Socket, refusal: Refusal): void {
    const from = remoteOf(socket);
    refuse(socket, refusal);
    this.tell(refusal, from);
  }
}

const STATUS_OF = {
  'too many connections': 503,
  'too many connections from this address': 429,
  [NO_DESCRIPTORS]: 503,
} as const satisfies Record<Crowded | typeof NO_DESCRIPTORS, number>;

/** Known of a socket that was asked while it was open. */
export function remoteOf({
  remoteAddress,
  remotePort,
}: {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}): string | undefined {
  return remoteAddress === undefined ? undefined : `${bracketed(remoteAddress)}:${remotePort}`;
}
