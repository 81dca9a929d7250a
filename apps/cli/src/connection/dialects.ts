import { acp, bjsonrpc, type Dialect, jsonrpc2, lsp, mcp } from '@bjsonrpc/peer';

/** The names that `--dialect` takes. */
export const dialectNames = ['bjsonrpc', 'jsonrpc2', 'lsp', 'mcp', 'acp'] as const;

export type DialectName = (typeof dialectNames)[number];

export const dialects: Readonly<Record<DialectName, Dialect>> = { bjsonrpc, jsonrpc2, lsp, mcp, acp };
