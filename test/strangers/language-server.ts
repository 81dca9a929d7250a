/** What the tests ask of language servers, under the names of their protocol. */

interface Position {
  readonly line: number;
  readonly character: number;
}
interface Range {
  readonly start: Position;
  readonly end: Position;
}
interface AtPosition {
  readonly textDocument: { readonly uri: string };
  readonly position: Position;
}
export interface Diagnostics {
  readonly uri: string;
  readonly diagnostics: readonly {
    readonly range: Range;
    readonly message: string;
    readonly code?: unknown;
  }[];
}
export interface Progress {
  readonly kind: 'begin' | 'report' | 'end';
  readonly title?: string;
}
export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

export interface LanguageServer {
  initialize(params: {
    readonly processId: number | null;
    readonly rootUri: string | null;
    readonly workspaceFolders?: readonly { readonly uri: string; readonly name: string }[];
    readonly capabilities: object;
    readonly initializationOptions?: object;
  }): { readonly capabilities: { readonly [name: string]: unknown } };
  initialized(params: object): void;
  shutdown(): null;
  exit(): void;
  '$/setTrace'(params: { readonly value: 'off' | 'messages' | 'verbose' }): void;
  'textDocument/didOpen'(params: {
    readonly textDocument: {
      readonly uri: string;
      readonly languageId: string;
      readonly version: number;
      readonly text: string;
    };
  }): void;
  'textDocument/hover'(params: AtPosition): { readonly contents: unknown; readonly range?: Range } | null;
  'textDocument/definition'(params: AtPosition): readonly { readonly uri: string; readonly range: Range }[];
  'textDocument/references'(
    params: AtPosition & { readonly context: { readonly includeDeclaration: boolean } },
  ): readonly { readonly uri: string; readonly range: Range }[];
  'textDocument/diagnostic'(params: { readonly textDocument: { readonly uri: string } }): {
    readonly kind: string;
    readonly items: Diagnostics['diagnostics'];
  };
  'textDocument/formatting'(params: {
    readonly textDocument: { readonly uri: string };
    readonly options: { readonly tabSize: number; readonly insertSpaces: boolean };
  }): readonly TextEdit[];
  'workspace/executeCommand'(params: {
    readonly command: string;
    readonly arguments?: readonly unknown[];
  }): unknown;
  'workspace/symbol'(params: { readonly query: string }): readonly { readonly name: string }[] | null;
}
