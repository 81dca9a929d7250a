import type { WireEvent } from '@bjsonrpc/peer';
import { printable } from '../printing/printable.js';
import type { Output } from '../terminal.js';
import type { DialectName } from './dialects.js';

/** Watches what passes, so that a failure can be explained; and shows it where the user wants to see it. */
export class WireWatch {
  readonly #shownOn: Output | undefined;
  #received = 0;
  #speaksVersion2 = false;
  #isPlain = true;

  constructor(shownOn?: Output) {
    this.#shownOn = shownOn;
  }

  readonly onWire = ({ direction, bytes, text }: WireEvent): void => {
    if (direction === 'received') this.#learn(text);
    const { colors } = this.#shownOn ?? {};
    if (!colors) return;
    const arrow = direction === 'sent' ? colors.cyan('→') : colors.green('←');
    void this.#shownOn?.line(`${arrow} ${colors.dim(`${bytes} B`)} ${printable(text)}`);
  };

  /** What is wrong, most likely, where no answer came, or one that makes no sense. */
  advice(dialect: DialectName): string | undefined {
    if (this.#received === 0)
      return dialect === 'bjsonrpc'
        ? 'Nothing came back. If the other side speaks TLS, tls://. If it is no bjsonrpc peer, try --dialect jsonrpc2, lsp, mcp or acp; lsp and others put a Content-Length before each message (--framing content-length).'
        : `Nothing came back. Does the other side speak ${dialect}, and is the framing right (--framing lines or content-length)?`;
    if (dialect === 'bjsonrpc' && this.#speaksVersion2)
      return 'The other side speaks JSON-RPC 2.0: try --dialect jsonrpc2, lsp, mcp or acp.';
    if (dialect !== 'bjsonrpc' && !this.#speaksVersion2)
      return `The other side does not speak JSON-RPC 2.0: try without --dialect ${dialect}.`;
    return undefined;
  }

  /** Whether the other side has shown no sign of extensions. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  #learn(text: string): void {
    this.#received++;
    if (this.#received > 10) return;
    this.#speaksVersion2 ||= /"jsonrpc"\s*:\s*"2\.0"/.test(text);
    if (text.includes('"$/hello"')) this.#isPlain = false;
  }
}
