import { cancelForm } from './cancel-form.js';
import { type Dialect, like } from './dialect.js';
import { foreignError } from './foreign-error-codes.js';
import { isOfSpecification, jsonrpc2 } from './jsonrpc2.js';
import { oneArgument } from './params-form.js';
import { progressForm } from './progress-form.js';

/** JSON-RPC 2.0 as language servers and editors speak it: the base protocol of LSP, mostly with `framing: 'content-length'`. */
export const lsp: Dialect = /* @__PURE__ */ like(jsonrpc2, {
  name: 'lsp',
  extensions: 'never',
  params: oneArgument,
  nullId: 'notification',
  batches: false,
  cancel: /* @__PURE__ */ cancelForm({ method: '$/cancelRequest', id: 'id', isAnswered: true }),
  progress: /* @__PURE__ */ progressForm({
    method: '$/progress',
    token: 'token',
    value: 'value',
    places: [['workDoneToken'], ['partialResultToken']],
    leadMs: 0,
  }),
  knowsCode: (code) => isOfSpecification(code) || code === -32800,
  error: (thrown) => foreignError(thrown, lsp.knowsCode),
});
