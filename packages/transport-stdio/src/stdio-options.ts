import {
  BYTE_OPTION_KINDS,
  type ByteLimits,
  type ByteOptions,
  byteLimits,
  checkOptions,
  FRAMING_KIND,
  type FramingName,
  type OptionKind,
} from '@bjsonrpc/byte-stream';

/** The limits that make sense for the two pipes of one connection, whose other side may be silent for as long as it likes. */
export type PipeOptions = Omit<ByteOptions, 'firstMessageMs' | 'maxUnfinishedBytes'>;

/** How a program speaks on its standard streams. Every member is optional. */
export interface StdioOptions extends PipeOptions {
  /** One message a line, or each behind a header with its length, as language servers have it. Default: `lines`. */
  readonly framing?: FramingName;
}

const { firstMessageMs: _, maxUnfinishedBytes: __, ...PIPE_KINDS } = BYTE_OPTION_KINDS;

/** Of what both ends of a child's streams have. */
export const PIPE_OPTION_KINDS: Readonly<Record<keyof StdioOptions, OptionKind>> = {
  framing: FRAMING_KIND,
  ...PIPE_KINDS,
};

/** @throws TypeError for an option that there is not, or of the wrong kind */
export function checkStdioOptions(options: StdioOptions): void {
  checkOptions('stdio', options, PIPE_OPTION_KINDS);
}

/** `peerMaxMessageBytes`: what the peer is ready to take. */
export function pipeLimits(options: PipeOptions, peerMaxMessageBytes?: number): ByteLimits {
  return { ...byteLimits(options, peerMaxMessageBytes), firstMessageMs: 0 };
}
