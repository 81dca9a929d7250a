import { cancelForm } from './cancel-form.js';
import { type Dialect, like } from './dialect.js';
import { foreignError } from './foreign-error-codes.js';
import { isOfSpecification, jsonrpc2 } from './jsonrpc2.js';
import { oneArgument } from './params-form.js';

/**
 * JSON-RPC 2.0 as the Agent Client Protocol has it, by which editors and coding agents speak over standard streams. What it calls
 * progress are notifications of its own (`session/update`), and so is `session/cancel`: the program's, both of them.
 */
export const acp: Dialect = /* @__PURE__ */ like(jsonrpc2, {
  name: 'acp',
  extensions: 'never',
  params: oneArgument,
  batches: false,
  nothing: '{}',
  cancel: /* @__PURE__ */ cancelForm({ method: '$/cancel_request', id: 'requestId', isAnswered: true }),
  knowsCode: (code) => isOfSpecification(code) || code === -32800,
  error: (thrown) => foreignError(thrown, acp.knowsCode),
});
