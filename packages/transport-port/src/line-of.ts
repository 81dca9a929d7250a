import { type ExtensionPort, extensionLine } from './extension-line.js';
import type { OpenLine } from './line.js';
import { type EmitterPort, type EventPort, messagePortLine } from './message-port-line.js';
import { type ProcessPort, processLine } from './process-line.js';
import { type WindowPort, windowLine } from './window-line.js';

/** What `port()` takes. */
export type PortTarget = EventPort | EmitterPort | WindowPort | ProcessPort | ExtensionPort;

/**
 * The line for whatever kind of port it is.
 *
 * @throws TypeError for what is none
 */
export function lineOf(target: PortTarget, origin: string | undefined): OpenLine {
  // First, since nothing else may be asked of a window of another origin.
  if (isWindow(target)) return windowLine(target, origin);
  if (origin !== undefined) throw new TypeError('port(): only windows have an origin');
  if (has(target, 'postMessage')) {
    if (isExtensionPort(target)) return extensionLine(target);
    if (has(target, 'on') || has(target, 'addEventListener'))
      return messagePortLine(target as EventPort | EmitterPort);
  } else if (has(target, 'send') && has(target, 'on')) return processLine(target as ProcessPort);
  throw new TypeError(
    'port() takes a MessagePort (of a SharedWorker its port), a worker or parentPort, a window, a process that has IPC (of fork), or the port of an extension',
  );
}

function isWindow(target: unknown): target is WindowPort {
  return typeof target === 'object' && target !== null && (target as Partial<WindowPort>).window === target;
}

function isExtensionPort(target: object): target is ExtensionPort {
  return 'onMessage' in target && has(target.onMessage, 'addListener');
}

function has(target: unknown, method: string): target is object {
  return typeof target === 'object' && target !== null && typeof Reflect.get(target, method) === 'function';
}
