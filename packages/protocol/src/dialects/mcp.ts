import { cancelForm } from './cancel-form.js';
import { type Dialect, like } from './dialect.js';
import { foreignError } from './foreign-error-codes.js';
import { isOfSpecification, jsonrpc2 } from './jsonrpc2.js';
import { oneArgument } from './params-form.js';
import { progressForm } from './progress-form.js';

/** JSON-RPC 2.0 as the Model Context Protocol has it, and agents that speak its like, mostly over standard streams. */
export const mcp: Dialect = /* @__PURE__ */ like(jsonrpc2, {
  name: 'mcp',
  extensions: 'never',
  params: oneArgument,
  nullId: 'notification',
  batches: false,
  nothing: '{}',
  cancel: /* @__PURE__ */ cancelForm({
    method: 'notifications/cancelled',
    id: 'requestId',
    reason: 'reason',
    isAnswered: false,
  }),
  progress: /* @__PURE__ */ progressForm({
    method: 'notifications/progress',
    token: 'progressToken',
    places: [['_meta', 'progressToken']],
    leadMs: 10,
  }),
  ping: 'ping',
  error: (thrown) => foreignError(thrown, isOfSpecification),
});
