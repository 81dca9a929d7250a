/** So much of the Model Context Protocol as the tests use. */

export interface Text {
  readonly type: 'text';
  readonly text: string;
}

export interface ToolResult {
  readonly content: readonly Text[];
  readonly isError?: boolean;
}

export interface Meta {
  readonly _meta?: { readonly progressToken?: string | number };
}

export interface ToolCall extends Meta {
  readonly name: string;
  readonly arguments?: object;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number;
}

export interface SamplingRequest {
  readonly messages: readonly { readonly role: string; readonly content: Text }[];
  readonly maxTokens: number;
}

export interface Sample {
  readonly role: string;
  readonly model: string;
  readonly content: Text;
}

/** What a server publishes. */
export interface ServerMethods {
  initialize(params: object): {
    readonly protocolVersion: string;
    readonly serverInfo: { readonly name: string };
  };
  'notifications/initialized'(): void;
  'notifications/roots/list_changed'(): void;
  ping(): object;
  'tools/list'(): { readonly tools: readonly { readonly name: string }[] };
  'tools/call'(call: ToolCall): ToolResult;
  'resources/read'(params: { readonly uri: string }): {
    readonly contents: readonly { readonly uri: string; readonly text?: string }[];
  };
  'resources/templates/list'(params: object): { readonly resourceTemplates: readonly object[] };
  'prompts/get'(params: { readonly name: string; readonly arguments?: object }): {
    readonly messages: readonly { readonly role: string; readonly content: Text }[];
  };
  'logging/setLevel'(params: { readonly level: string }): object;
  'no/such'(): unknown;
}

/** What a client publishes. */
export interface ClientMethods {
  ping(): object;
  'sampling/createMessage'(params: SamplingRequest): Sample;
  'elicitation/create'(params: object): { readonly action: string; readonly content?: object };
  'roots/list'(): { readonly roots: readonly { readonly uri: string }[] };
  'notifications/message'(params: object): void;
}
