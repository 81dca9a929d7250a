import { readFrame } from './frames.js';
import type { OpenLine } from './line.js';

/** A page's window: an iframe's `contentWindow`, `window.parent`, `window.opener`, what `window.open` gave. */
export interface WindowPort {
  readonly window: unknown;
  readonly closed: boolean;
  postMessage(data: unknown, targetOrigin: string, transfer?: ArrayBuffer[]): void;
}

/** The part of this page's own window that is used. */
interface OwnWindow {
  readonly origin: string;
  addEventListener(type: string, listener: (event: WindowMessage) => void): void;
  removeEventListener(type: string, listener: (event: WindowMessage) => void): void;
}

/** The part of the browser's MessageEvent that is used. */
interface WindowMessage {
  readonly data: unknown;
  readonly origin: string;
  readonly source: unknown;
}

/** How sandboxed pages, and those of files, are called: they have no origin that could be named. */
const OPAQUE = 'null';

/**
 * Another window. Everybody may post to a window: heard is only what comes from that one, while it shows a page of that
 * origin; and only such a page is told anything.
 *
 * @throws TypeError for a window that is this one, or an origin that is none
 */
export function windowLine(target: WindowPort, given: string | undefined): OpenLine {
  const own = globalThis as unknown as OwnWindow;
  if ((target as unknown) === own)
    throw new TypeError('port(): this window is the page itself. A page that is in no other has no parent');
  const origin = originOf(given, own.origin);
  return ({ onData, onRefused }) => {
    const onMessage = ({ data, origin: from, source }: WindowMessage): void => {
      if (source !== target) return;
      if (from === origin) return onData(data);
      if (readFrame(data)) onRefused(new Error(`A page of ${from} is there, and not of ${origin}`), from);
    };
    own.addEventListener('message', onMessage);
    return {
      remote: `the window of ${origin}`,
      remoteAddress: origin,
      post: (frame, transfer) => {
        if (target.closed) throw new Error(`the window of ${origin} was closed`);
        target.postMessage(frame, origin === OPAQUE ? '*' : origin, [...transfer]);
      },
      stop: () => own.removeEventListener('message', onMessage),
    };
  };
}

function originOf(given: string | undefined, own: string): string {
  const origin = given ?? own;
  if (origin === OPAQUE && given === undefined)
    throw new TypeError("port(): this page has no origin of its own: say the other window's as origin");
  if (origin === OPAQUE) return origin;
  try {
    if (new URL(origin).origin === origin) return origin;
  } catch {
    // As one that is no origin.
  }
  throw new TypeError(
    `port(): origin must be one, as https://example.org, or 'null' for a sandboxed page; not ${origin}`,
  );
}
