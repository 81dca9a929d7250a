import type { OpenLine } from './line.js';

type Listener = (event: unknown) => void;

/** A port, a worker, or what a worker has of its maker: of browsers, which have listeners of events. */
export interface EventPort {
  postMessage(data: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: string, listener: Listener): void;
  removeEventListener(type: string, listener: Listener): void;
  start?(): void;
}

/** The same of Node and of Electron, which have listeners of what is posted. */
export interface EmitterPort {
  postMessage(data: unknown, transfer: readonly never[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  off?(event: string, listener: (value: unknown) => void): unknown;
  removeListener?(event: string, listener: (value: unknown) => void): unknown;
  start?(): void;
  ref?(): void;
  unref?(): void;
}

/** How a port says that it has ended, where it does: `messageerror` is of what nobody could read. */
const ENDS: Readonly<Record<string, (detail: unknown) => string>> = {
  close: () => 'the port was closed',
  exit: (code) => `the worker ended with exit code ${String(code)}`,
  messageerror: () => 'something came that cannot be read here',
};

/** A MessagePort, a Worker, a worker's own side, and what else has `postMessage` and tells of messages. */
export function messagePortLine(port: EventPort | EmitterPort): OpenLine {
  return ({ onData, onEnd, onTrouble }) => {
    const broken = (why: string): Error => new Error(`The connection through the port broke: ${why}`);
    const listeners: Record<string, Listener> = { message: (event) => onData(dataOf(event)) };
    for (const [event, why] of Object.entries(ENDS))
      listeners[event] = (detail) => onEnd(broken(why(detail)));
    // Node's worker ends of it, a browser's goes on.
    listeners.error = (event) =>
      ('on' in port ? onEnd : onTrouble)(broken(`the worker failed${because(event)}`));
    for (const [event, listener] of Object.entries(listeners)) {
      if ('on' in port) port.on(event, listener);
      else port.addEventListener(event, listener);
    }
    port.start?.();
    return {
      remote: 'the port',
      post: (frame, transfer) => port.postMessage(frame, transfer as never[]),
      stop: () => {
        for (const [event, listener] of Object.entries(listeners)) {
          if (!('on' in port)) port.removeEventListener(event, listener);
          else if (port.off) port.off(event, listener);
          else port.removeListener?.(event, listener);
        }
      },
      ...('on' in port && port.ref && { ref: () => port.ref?.(), unref: () => port.unref?.() }),
    };
  };
}

/** Node gives what was posted; browsers and Electron an event that has it. */
function dataOf(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || 'bjsonrpc' in event) return event;
  return 'data' in event ? event.data : event;
}

function because(event: unknown): string {
  const message = typeof event === 'object' && event !== null && 'message' in event ? event.message : '';
  return typeof message === 'string' && message !== '' ? `: ${message}` : '';
}
