import { InvalidParamsError, MethodNotFoundError } from '@bjsonrpc/protocol';
import type { Connection } from './connection.js';
import { describe } from './describe.js';
import { FarSide } from './far-side.js';
import type { InboundCall } from './inbound-call.js';
import { isHandler } from './publish.js';

/** Whether a call is a control message (section 2): never in the plain profile, which knows none. */
export function isControl(call: InboundCall, connection: Connection): boolean {
  return call.method.startsWith('$/') && connection.options.extensions;
}

/** What each control message does. A malformed or unknown one does nothing; with an id, each is answered. */
export function answerControl(call: InboundCall, connection: Connection): void {
  const { params } = call;
  const list = Array.isArray(params) ? (params as readonly unknown[]) : [];
  switch (call.method) {
    case '$/hello':
      if (connection.far.greeted(params) && !connection.dialled) {
        connection.sendControl('$/hello', [FarSide.greeting(connection.limits)]);
      }
      break;
    case '$/cancelRequest':
      connection.inbound.cancel(keyOf((params as { id?: unknown } | undefined)?.id));
      break;
    case '$/credit': {
      const credit = list[1];
      if (Number.isSafeInteger(credit) && (credit as number) > 0)
        connection.inbound.grant(keyOf(list[0]), credit as number);
      break;
    }
    case '$/bye':
      connection.farIsLeaving = true;
      break;
    case '$/ping':
      break;
    case '$/describe':
      return answerDescribe(call, connection, list[0]);
    default:
      if (call.id === undefined) return;
      return connection.sendFailure(call.id, new MethodNotFoundError(`Unknown method '${call.method}'`));
  }
  answer(call, connection, 'null');
}

function answerDescribe(call: InboundCall, connection: Connection, name: unknown): void {
  try {
    if (name !== undefined && typeof name !== 'string')
      throw new InvalidParamsError('An object has a text for a name');
    const owner = name === undefined ? connection.handler : connection.exports.target(name);
    const publishes = owner !== undefined && (owner === connection.handler || isHandler(owner));
    answer(call, connection, JSON.stringify({ methods: publishes ? describe(owner) : [] }));
  } catch (error) {
    if (call.id !== undefined) connection.sendFailure(call.id, error);
  }
}

function answer({ id }: InboundCall, connection: Connection, result: string): void {
  if (id !== undefined) connection.answer(connection.profile.result(id, result));
}

/** How the table of running calls knows an id. */
function keyOf(id: unknown): string {
  return typeof id === 'object' ? '' : String(JSON.stringify(id));
}

/** Whether a call lets go of an object of this side (section 6). */
export function isRelease({ method }: InboundCall): boolean {
  return method.endsWith('.__delete__') && method.indexOf('.') === method.length - '.__delete__'.length;
}

export function release({ method, params }: InboundCall, connection: Connection): void {
  const count: unknown = Array.isArray(params) ? (params as readonly unknown[])[0] : undefined;
  if (count !== undefined && !(Number.isSafeInteger(count) && (count as number) > 0)) return;
  connection.exports.release(method.slice(0, method.indexOf('.')), count as number | undefined);
}
