import { currentCall, Handler, RpcError } from '@bjsonrpc/peer';
import type { Diagnostics, Progress } from './language-server.ts';

/** What an editor publishes. */
export interface Editor {
  'workspace/configuration'(params: { readonly items: readonly { readonly section: string }[] }): readonly {
    readonly language: string;
  }[];
  'textDocument/publishDiagnostics'(params: Diagnostics): void;
}

interface Hover {
  readonly textDocument: { readonly uri: string };
  readonly position: { readonly line: number; readonly character: number };
}

/** A language server of few words, as somebody would write it with this library. */
export class OwnLanguageServer extends Handler<Editor> {
  static override readonly published: readonly string[] = [
    'initialize',
    'initialized',
    'textDocument/didOpen',
    'textDocument/hover',
    'workspace/executeCommand',
    'workspace/symbol',
    'completionItem/resolve',
    'shutdown',
    'exit',
  ];
  readonly #texts = new Map<string, string>();
  /** Set where it is a program of its own. */
  readonly #end: (() => void) | undefined;

  constructor(end?: () => void) {
    super();
    this.#end = end;
  }

  initialize(): object {
    return { capabilities: { hoverProvider: true }, serverInfo: { name: 'own' } };
  }

  initialized(): void {}

  'textDocument/didOpen'({ textDocument }: { textDocument: { uri: string; text: string } }): void {
    const { uri, text } = textDocument;
    this.#texts.set(uri, text);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } };
    const diagnostics = text.includes('bad') ? [{ range, message: 'bad', code: 7 }] : [];
    this.peer.notify['textDocument/publishDiagnostics']({ uri, diagnostics });
  }

  /** Asks the editor first. */
  async 'textDocument/hover'({ textDocument, position }: Hover): Promise<object | null> {
    const text = this.#texts.get(textDocument.uri);
    if (text === undefined) return null;
    const asked = this.peer.call['workspace/configuration']({ items: [{ section: 'own' }] });
    const [settings] = await asked;
    return { contents: `${settings?.language}: ${text.split('\n')[position.line]}` };
  }

  /** Tells how far it is. */
  'workspace/executeCommand'({ arguments: steps = [] }: { arguments?: readonly string[] }): string {
    const call = currentCall();
    call.progress({ kind: 'begin', title: 'steps' } satisfies Progress);
    for (const message of steps) call.progress({ kind: 'report', message });
    call.progress({ kind: 'end' } satisfies Progress);
    return steps.join();
  }

  /** Goes on until it is cancelled. */
  'workspace/symbol'(): Promise<never> {
    const { signal } = currentCall();
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }

  'completionItem/resolve'({ label }: { label: string }): never {
    if (label === 'odd') throw new TypeError('odd label');
    throw new RpcError(`no such item: ${label}`, { code: -32803, data: { retry: true, label } });
  }

  shutdown(): null {
    this.#texts.clear();
    return null;
  }

  exit(): void {
    this.#end?.();
  }
}
