import { type Dialect, like } from './dialect.js';
import { foreignError } from './foreign-error-codes.js';
import { isOfSpecification, jsonrpc2 } from './jsonrpc2.js';

/** JSON-RPC 2.0 as language servers and editors speak it: the base protocol of LSP, mostly with `framing: 'content-length'`. */
export const lsp: Dialect = /* @__PURE__ */ like(jsonrpc2, {
  name: 'lsp',
  extensions: 'never',
  params: 'argument',
  nullId: 'notification',
  batches: false,
  cancel: { method: '$/cancelRequest', id: 'id', reason: undefined, isAnswered: true },
  progress: {
    method: '$/progress',
    token: 'token',
    value: 'value',
    places: [['workDoneToken'], ['partialResultToken']],
    leadMs: 0,
  },
  knowsCode: (code) => isOfSpecification(code) || code === -32800,
  error: (thrown) => foreignError(thrown, lsp.knowsCode),
});
