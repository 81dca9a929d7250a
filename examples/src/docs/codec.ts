import { equal } from 'node:assert/strict';
import { Codec, connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

// #region register
class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}

const codec = new Codec().register('Point', Point, {
  encode: (point) => [point.x, point.y],
  decode: (x, y) => new Point(Number(x), Number(y)), // a stranger wrote these: check them
});
// #endregion

class Api extends Handler {
  mirror(point: Point): Point {
    return new Point(-point.x, -point.y);
  }
}

const network = memory();
await using _server = await createServer(network, () => new Api(), { codec });
await using peer = await connect<Api>(network, { codec });
const mirrored = await peer.call.mirror(new Point(1, 2));
equal(mirrored instanceof Point && mirrored.x, -1);
