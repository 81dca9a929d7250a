/**
 * `import { openRpc } from '@bjsonrpc/peer/open-rpc'`: what a peer publishes as an OpenRPC document, for the tools that read
 * such. Who does not import it does not pay for it.
 */
import type { Description, MethodDescription } from './contract/peer.js';

/** What a document says of the service besides its methods. */
export interface OpenRpcOptions {
  /** Default: `bjsonrpc`. */
  readonly title?: string;
  /** Of the service. Default: `0.0.0`. */
  readonly version?: string;
  /** Where it is reached. Default: not said. */
  readonly url?: string;
}

/** A value that is passed or given. No type is known of any: its schema lets everything pass. */
export interface OpenRpcContent {
  readonly name: string;
  readonly schema: { readonly type?: 'array' | 'object' };
  /** Stands for all further positional arguments (`rest`), or all further names (`named`). */
  readonly 'x-takes'?: 'rest' | 'named';
}

export interface OpenRpcMethod {
  readonly name: string;
  readonly description?: string;
  readonly paramStructure: 'either';
  readonly params: readonly OpenRpcContent[];
  /** The method has not declared its parameters: that there are none in the list says nothing. */
  readonly 'x-undeclared-params'?: true;
  readonly result: OpenRpcContent;
}

/** A document of OpenRPC 1.3. Members that begin with `x-` are this library's own. */
export interface OpenRpcDocument {
  readonly openrpc: '1.3.2';
  readonly info: { readonly title: string; readonly version: string };
  readonly servers?: readonly { readonly name: string; readonly url: string }[];
  readonly methods: readonly OpenRpcMethod[];
}

/**
 * A description as an OpenRPC document. It holds what `describe()` tells: names, declared parameters, docs. Types are erased
 * at run time, so every schema is open, and no parameter is said to be required.
 *
 *     const document = openRpc(await peer.describe(), { title: 'Accounts', version: '2.1.0' });
 */
export function openRpc(
  { methods }: Description,
  { title = 'bjsonrpc', version = '0.0.0', url }: OpenRpcOptions = {},
): OpenRpcDocument {
  return {
    openrpc: '1.3.2',
    info: { title, version },
    ...(url !== undefined && { servers: [{ name: title, url }] }),
    methods: methods.map(methodOf),
  };
}

function methodOf({ name, parameters, doc }: MethodDescription): OpenRpcMethod {
  return {
    name,
    ...(doc !== undefined && { description: doc }),
    paramStructure: 'either',
    params: (parameters ?? []).map(contentOf),
    ...(!parameters && { 'x-undeclared-params': true }),
    result: { name: 'result', schema: {} },
  };
}

/** `*rest` and `**named` have a meaning in declarations (see Handler) that OpenRPC has no word for. */
function contentOf(parameter: string): OpenRpcContent {
  if (parameter.startsWith('**'))
    return { name: parameter.slice(2), schema: { type: 'object' }, 'x-takes': 'named' };
  if (parameter.startsWith('*'))
    return { name: parameter.slice(1), schema: { type: 'array' }, 'x-takes': 'rest' };
  return { name: parameter, schema: {} };
}
