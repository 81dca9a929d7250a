import { type Attachments, attachmentHeader, type Duplex, Gate, type Receiver } from '@bjsonrpc/protocol';
import { Incoming } from './attachments.js';
import { closeError } from './close-error.js';
import { clearTimeout, now, queueMicrotask, setTimeout } from './timers.js';
import type { WsLimits } from './ws-options.js';

/** Above this many bytes `send` asks its caller to wait, until half of it is left; no more is handed to the platform. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** How long, in milliseconds, a reader may take nothing while more than `maxWriteBufferBytes` wait. */
const OVERFLOW_MS = 1000;
/** A limit is over after so many looks at least: this process may have been away in between. */
const LOOKS = 8;
/** How often a platform that has enough is asked whether it wants more: it does not say so itself. */
const POLL_MS = 10;
/** Of the codes that a page may choose, the one by which we say that something went wrong. */
const FAULT = 4000;

/** The part of the platform's WebSocket that is used. */
export interface PlatformSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/**
 * The platform's WebSocket as a Duplex. Messages are handed over at the end of the turn in which they were sent, and
 * only while the platform has little left to do: the rest waits here, where it can be dropped. Bytes are counted as
 * characters, since that is what is at hand.
 *
 * @param socket open, and ours alone
 * @param remote names the other side in errors
 */
export function platformDuplex(
  socket: PlatformSocket,
  remote: string,
  { maxMessageBytes, maxWriteBufferBytes, writeStallMs, closeTimeoutMs }: WsLimits,
): Duplex {
  let receiver: Receiver | undefined;
  /** What came before it could be delivered. */
  let inbox: { readonly text: string; readonly attachments: Attachments | undefined }[] = [];
  /** What stands before the next message. */
  const incoming = new Incoming(maxMessageBytes);
  let bytesIn = 0;
  /** What is not yet handed over, from `next` on. */
  const outbox: (string | Uint8Array<ArrayBuffer>)[] = [];
  let next = 0;
  let outboxBytes = 0;
  let bytesOut = 0;
  let isFlushDue = false;
  const room = new Gate();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** How many bytes the platform had sent at the last look, when that was, and for how long it has sent none. */
  let taken = 0;
  let lookedAt = 0;
  let quietMs = 0;
  /** Closed by us: nothing is delivered any more but the close itself. */
  let isClosing = false;
  /** Set when nothing can come or go any more. */
  let end: { readonly error: Error | undefined } | undefined;
  let isEndReported = false;

  function deliver(): void {
    if (!receiver || isEndReported) return;
    const messages = inbox;
    inbox = [];
    for (const { text, attachments } of messages) if (!isClosing) receiver.onMessage(text, attachments);
    if (!end) return;
    isEndReported = true;
    receiver.onClose(end.error);
  }

  function queue(data: string | Uint8Array<ArrayBuffer>): void {
    outbox.push(data);
    outboxBytes += data.length;
    bytesOut += data.length;
  }

  function handOver(data: string | Uint8Array<ArrayBuffer>): void {
    outboxBytes -= data.length;
    socket.send(data);
  }

  /** Hands over what the platform can take, and looks whether it gets rid of it. */
  function flush(): void {
    isFlushDue = false;
    if (end) return;
    while (next < outbox.length && socket.bufferedAmount < HIGH_WATER_BYTES)
      handOver(outbox[next++] as string | Uint8Array<ArrayBuffer>);
    if (2 * next >= outbox.length) {
      outbox.splice(0, next);
      next = 0;
    }
    const { buffered } = duplex;
    if (buffered <= HIGH_WATER_BYTES / 2) room.open();
    const isOverfull = buffered > maxWriteBufferBytes;
    const stallMs = writeStallMs || Number.POSITIVE_INFINITY;
    const limitMs = !buffered ? closeTimeoutMs : isOverfull ? Math.min(OVERFLOW_MS, stallMs) : stallMs;
    const at = now();
    quietMs = bytesOut - buffered === taken ? quietMs + Math.min(at - lookedAt, limitMs / LOOKS) : 0;
    taken = bytesOut - buffered;
    lookedAt = at;
    const andSo = isOverfull ? `, and more than ${maxWriteBufferBytes} bytes wait for it` : '';
    if (buffered && quietMs >= limitMs)
      duplex.close(new Error(`The other side does not read: it took nothing for ${limitMs} ms${andSo}`));
    else if (isClosing && !buffered && quietMs >= limitMs) finish(undefined);
    else if (isClosing || buffered) watch();
  }

  function watch(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      flush();
    }, POLL_MS);
  }

  function finish(error: Error | undefined): void {
    if (end) return;
    end = { error };
    outbox.length = next = 0;
    clearTimeout(timer);
    room.open();
    // Never from inside close().
    queueMicrotask(deliver);
  }

  function hearBytes(bytes: Uint8Array<ArrayBuffer>): void {
    bytesIn += bytes.length;
    refuseIf(incoming.add(bytes));
  }

  /** `why` undefined: there is nothing wrong. */
  function refuseIf(why: string | undefined): void {
    if (why !== undefined) duplex.close(fault(`The connection to ${remote} broke: ${why}`));
  }

  const duplex: Duplex = {
    maxMessageBytes,
    carriesBytes: true,
    get bytesIn() {
      return bytesIn;
    },
    get bytesOut() {
      return bytesOut;
    },
    get buffered() {
      return end ? 0 : outboxBytes + socket.bufferedAmount;
    },

    start(given) {
      if (receiver) throw new Error('A duplex is started once');
      receiver = given;
      queueMicrotask(deliver);
    },

    send(message, attachments) {
      // To go on would keep anybody from telling of the close.
      if (isClosing || end) return new Promise((resolve) => setTimeout(resolve, 0));
      if (attachments) {
        queue(attachmentHeader(attachments));
        for (const bytes of attachments) queue(bytes);
      }
      queue(message);
      if (!isFlushDue) queueMicrotask(flush);
      isFlushDue = true;
      if (duplex.buffered <= HIGH_WATER_BYTES) return undefined;
      return room.wait();
    },

    /** The platform reads whatever comes. */
    hold() {},

    close(error) {
      if (end || (isClosing && !error)) return;
      isClosing = true;
      quietMs = 0;
      lookedAt = now();
      if (error) finish(error);
      // The platform's own close flushes what it was given.
      else for (; next < outbox.length; next++) handOver(outbox[next] as string | Uint8Array<ArrayBuffer>);
      if (!error) watch();
      socket.close(error ? FAULT : 1000);
    },
  };

  socket.binaryType = 'arraybuffer';
  socket.onmessage = ({ data }) => {
    if (isClosing || end) return;
    if (incoming.isExpected && typeof data !== 'string')
      return hearBytes(new Uint8Array(data as ArrayBuffer));
    const text = typeof data === 'string' ? data : decode(data as ArrayBuffer);
    if (text === undefined) return duplex.close(fault('A message is not valid UTF-8'));
    bytesIn += text.length;
    if (text.length > maxMessageBytes)
      return duplex.close(fault(`A message is longer than ${maxMessageBytes} bytes`));
    if (text.startsWith('*')) return refuseIf(incoming.announced(text));
    const attachments = incoming.take(text.length);
    if (typeof attachments === 'string') return refuseIf(attachments);
    inbox.push({ text, attachments });
    deliver();
  };
  socket.onerror = () => {};
  socket.onclose = ({ code, reason }) =>
    // Once all was sent, an other side that is just gone has nothing left to say.
    finish(isClosing && !duplex.buffered ? undefined : closeError(code, reason, remote));
  return duplex;
}

function fault(what: string): Error {
  return Object.assign(new Error(what), { isFault: true });
}

function decode(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
