import { type Framing, type FramingName, framingOf, linesAmong } from '@bjsonrpc/byte-stream';

/**
 * The framing of that name, with nothing that is no message: of what reads a program's standard output, some take an empty
 * line amiss. Whether the other side is still there shows otherwise, by its process or by the end of standard input.
 * `onStray` gets the lines that are no messages, among those that are; without it one is a fault.
 */
export function pipeFraming(name: FramingName = 'lines', onStray?: (line: string) => void): Framing {
  const {
    decoder,
    frame,
    carriesBytes = false,
  } = name === 'lines' && onStray ? linesAmong(onStray) : framingOf(name);
  return { decoder, frame, carriesBytes };
}
