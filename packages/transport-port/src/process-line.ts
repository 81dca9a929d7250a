import type { OpenLine } from './line.js';

/** A child process with a channel, or this process as one: what `fork` gives, and `process` in what it started. */
export interface ProcessPort {
  send?(message: unknown, callback: (error: Error | null) => void): boolean;
  on(event: 'message' | 'disconnect', listener: (value: unknown) => void): unknown;
  off(event: 'message' | 'disconnect', listener: (value: unknown) => void): unknown;
  readonly channel?: { ref?(): void; unref?(): void } | null | undefined;
}

/** The IPC of a child process. */
export function processLine(port: ProcessPort): OpenLine {
  return ({ onData, onEnd }) => {
    const broken = (why: string): void =>
      onEnd(new Error(`The connection through the process's IPC broke: ${why}`));
    const onDisconnect = (): void => broken('the other process closed it, or ended');
    port.on('message', onData);
    port.on('disconnect', onDisconnect);
    return {
      remote: 'the other process',
      post: (frame) => {
        port.send?.(frame, (error) => {
          if (error) broken(error.message);
        });
      },
      stop: () => {
        port.off('message', onData);
        port.off('disconnect', onDisconnect);
      },
      ref: () => port.channel?.ref?.(),
      unref: () => port.channel?.unref?.(),
    };
  };
}
