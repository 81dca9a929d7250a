import { equal } from 'node:assert/strict';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

type Row = readonly [id: number, name: string];
let stored = 0;

class Table extends Handler {
  put(_row: Row): number {
    return ++stored;
  }
  *rows(): Generator<Row, void> {
    for (let id = 0; id < 100; id++) yield [id, `row ${id}`];
  }
  async load(rows: AsyncIterable<Row>): Promise<void> {
    for await (const row of rows) this.put(row);
  }
}

const rows = [...new Table().rows()];
const network = memory();
await using _server = await createServer(network, () => new Table());
await using peer = await connect<Table>(network);

// #region many
await Promise.all(rows.map((row) => peer.call.put(row))); // all on their way at once, in a few writes

for (const row of rows) peer.notify.put(row); // no answers at all
await peer.ping(); // and all have arrived: order is kept

async function* all(): AsyncGenerator<Row, void> {
  yield* rows;
}
await peer.call.load(all()); // as fast as it is read, however many there are
// #endregion

equal(stored, 300);

// #region endless
for (let id = 0; id < 10_000; id++) {
  peer.notify.put([id, 'one of very many']);
  if (id % 1000 === 0) await peer.drain(); // waits while more is unsent than the buffer should hold
}
// #endregion
