import type { OpenLine } from './line.js';

interface ExtensionEvent {
  addListener(listener: (value: unknown) => void): void;
  removeListener(listener: (value: unknown) => void): void;
}

/** A port between the parts of a browser's extension: of `runtime.connect()`, or of `runtime.onConnect`. */
export interface ExtensionPort {
  postMessage(message: unknown): void;
  readonly onMessage: ExtensionEvent;
  readonly onDisconnect: ExtensionEvent;
}

/** A port of a browser's extension. */
export function extensionLine(port: ExtensionPort): OpenLine {
  return ({ onData, onEnd }) => {
    const onDisconnect = (): void =>
      onEnd(new Error('The connection through the port broke: the other part of the extension closed it'));
    port.onMessage.addListener(onData);
    port.onDisconnect.addListener(onDisconnect);
    return {
      remote: 'the other part of the extension',
      post: (frame) => port.postMessage(frame),
      stop: () => {
        port.onMessage.removeListener(onData);
        port.onDisconnect.removeListener(onDisconnect);
      },
    };
  };
}
