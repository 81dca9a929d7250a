import { type Framing, type FramingName, framingOf } from '@bjsonrpc/byte-stream';

/**
 * The framing of that name, with nothing that is no message: of what reads a program's standard output, some take an empty
 * line amiss. Whether the other side is still there shows otherwise, by its process or by the end of standard input.
 */
export function pipeFraming(name?: FramingName): Framing {
  const { decoder, frame } = framingOf(name);
  return { decoder, frame };
}
