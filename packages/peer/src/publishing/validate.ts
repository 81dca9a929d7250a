import { InvalidParamsError } from '@bjsonrpc/protocol';
import type { IncomingCall, IncomingInterceptor } from './incoming-interceptor.js';

/** What every validation library that follows the Standard Schema specification (version 1) gives a schema. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => ValidationResult<Output> | Promise<ValidationResult<Output>>;
  };
}

/** Issues, or the value as the schema makes it: with defaults filled in, say. */
export type ValidationResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly unknown[] | undefined;
      }[];
    };

/**
 * An incoming interceptor that checks arguments: a schema of each method's list of arguments, by the method's name.
 * What the schema makes of them is what the method gets; methods without a schema are not checked.
 *
 *     createServer(tcp(), () => new Api(), { incoming: [validate({ add: z.tuple([z.number(), z.number()]) })] });
 *
 * A call that does not fit is answered with an InvalidParamsError: its message tells the first issue, its `data` all.
 */
export function validate(schemas: {
  readonly [method: string]: StandardSchema<readonly unknown[]>;
}): IncomingInterceptor {
  const byMethod = new Map(Object.entries(schemas));
  return (call, next) => {
    const schema = byMethod.get(call.method);
    return schema ? check(schema, call).then(next) : next();
  };
}

/** @throws InvalidParamsError */
async function check(schema: StandardSchema<readonly unknown[]>, call: IncomingCall): Promise<void> {
  const result = await schema['~standard'].validate(call.args);
  if (!result.issues) {
    call.args = result.value;
    return;
  }
  const issues = result.issues.map(({ message, path = [] }) => ({ message, path: path.map(keyOf) }));
  const why = `Invalid params of '${call.method}': ${issues[0]?.message ?? 'refused'}`;
  throw new InvalidParamsError(why, { data: issues });
}

/** A step of a path is a key, or an object that has one. */
function keyOf(step: unknown): string | number {
  const key: unknown = typeof step === 'object' && step !== null ? (step as { key?: unknown }).key : step;
  return typeof key === 'number' ? key : String(key);
}
