/**
 * `import '@bjsonrpc/peer/async-context'` makes `currentCall()`, and `this.peer` of a Handler, survive awaits, on platforms that
 * have `AsyncLocalStorage` (Node, Bun, Deno). Who does not import it does not pay for it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { keepContextIn, type RunningCall } from './publishing/call-context.js';

keepContextIn(new AsyncLocalStorage<RunningCall>());
