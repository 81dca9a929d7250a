/** So much of the Agent Client Protocol as the tests use. */

export interface Session {
  readonly sessionId: string;
}

export interface Prompt extends Session {
  readonly prompt: readonly [{ readonly type: 'text'; readonly text: string }];
}

export interface File extends Session {
  readonly path: string;
}

/** What a client publishes. */
export interface ClientMethods {
  'session/update'(params: Session & { readonly update: object }): void;
  'session/request_permission'(
    params: Session & { readonly toolCall: object; readonly options: readonly object[] },
  ): { readonly outcome: object };
  'fs/read_text_file'(file: File): { readonly content: string };
  'fs/write_text_file'(file: File & { readonly content: string }): object | null;
}

/** What an agent publishes. */
export interface AgentMethods {
  initialize(params: { readonly protocolVersion: number; readonly clientCapabilities: object }): {
    readonly protocolVersion: number;
  };
  authenticate(params: { readonly methodId: string }): object;
  'session/new'(params: { readonly cwd: string; readonly mcpServers: readonly object[] }): Session;
  'session/prompt'(prompt: Prompt): { readonly stopReason: string };
  'session/cancel'(params: Session): void;
}
