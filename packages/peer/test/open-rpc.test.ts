import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { openRpc } from '@bjsonrpc/peer/open-rpc';
import { memory } from '@bjsonrpc/transport-memory';
import metaSchema from '@open-rpc/meta-schema';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';

interface Schema {
  readonly $schema?: string;
}

/** The package is CommonJS, whose default is the schema. */
const { $schema: _, ...openRpcSchema } =
  (metaSchema as unknown as { readonly default?: Schema }).default ?? (metaSchema as unknown as Schema);

/** What the schema of a value may be is another document's matter: any object, or a boolean. */
const jsonSchema = {
  type: ['object', 'boolean'],
  definitions: { JSONSchemaObject: { properties: { $ref: { type: 'string' } } } },
};

/** Against the schema that OpenRPC publishes. */
function problemsOf(document: unknown): unknown {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  // It is spelled in two ways.
  for (const id of ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/'])
    ajv.addSchema(jsonSchema, id);
  const validate = ajv.compile(openRpcSchema);
  return validate(document) ? [] : validate.errors;
}

class Api extends Handler {
  static override readonly parameters = { add: ['a', 'b'], log: ['level', '*texts', '**details'] };
  static override readonly docs = { add: 'The sum of two numbers.' };
  add(a: number, b: number): number {
    return a + b;
  }
  log(level: string): string {
    return level;
  }
  undeclared(x: number): number {
    return x;
  }
}

test('what a peer describes is a valid document of OpenRPC', async () => {
  const network = memory();
  await using _server = await createServer(network, () => new Api());
  await using peer = await connect<Api>(network);
  const document = openRpc(await peer.describe(), {
    title: 'Sums',
    version: '2.1.0',
    url: 'tcp://127.0.0.1:10123',
  });
  expect(problemsOf(document)).toEqual([]);
  expect(document).toEqual({
    openrpc: '1.3.2',
    info: { title: 'Sums', version: '2.1.0' },
    servers: [{ name: 'Sums', url: 'tcp://127.0.0.1:10123' }],
    methods: [
      {
        name: 'add',
        description: 'The sum of two numbers.',
        paramStructure: 'either',
        params: [
          { name: 'a', schema: {} },
          { name: 'b', schema: {} },
        ],
        result: { name: 'result', schema: {} },
      },
      {
        name: 'log',
        paramStructure: 'either',
        params: [
          { name: 'level', schema: {} },
          { name: 'texts', schema: { type: 'array' }, 'x-takes': 'rest' },
          { name: 'details', schema: { type: 'object' }, 'x-takes': 'named' },
        ],
        result: { name: 'result', schema: {} },
      },
      {
        name: 'undeclared',
        paramStructure: 'either',
        params: [],
        'x-undeclared-params': true,
        result: { name: 'result', schema: {} },
      },
    ],
  });
});

test('nobody who publishes nothing is left out, and every option has a default', () => {
  const document = openRpc({ methods: [] });
  expect(document).toEqual({ openrpc: '1.3.2', info: { title: 'bjsonrpc', version: '0.0.0' }, methods: [] });
  expect(problemsOf(document)).toEqual([]);
});

test('the check itself finds faults', () => {
  const { methods: _, ...without } = openRpc({ methods: [] });
  expect(problemsOf(without)).toMatchObject([{ keyword: 'required' }]);
  const document = openRpc({ methods: [{ name: 'add' }] });
  expect(problemsOf({ ...document, methods: [{ ...document.methods[0], name: '' }] })).not.toEqual([]);
  expect(problemsOf({ ...document, openrpc: '9.9.9' })).not.toEqual([]);
});
