const bits = new DataView(new ArrayBuffer(8));

/** The 64 bits that are being mixed. */
let high = 0;
let low = 0;

/**
 * What the engine of Node and Chrome makes of a number or a bigint, to choose its bucket in a Map or Set: nothing in it is
 * secret, so whoever sends keys can choose colliding ones.
 */
export function hashOfNumber(key: number | bigint): number {
  if (typeof key === 'bigint')
    bits.setBigUint64(0, BigInt.asUintN(64, key < 0n ? -key : key)); // of the rest nothing counts
  else if (key === (key | 0)) return mix32(key);
  else bits.setFloat64(0, key);
  return mix64(bits.getUint32(0), bits.getUint32(4));
}

function mix32(key: number): number {
  let hash = (~key + (key << 15)) | 0;
  hash ^= hash >>> 12;
  hash = (hash + (hash << 2)) | 0;
  hash ^= hash >>> 4;
  hash = Math.imul(hash, 2057);
  return (hash ^ (hash >>> 16)) & 0x3fffffff;
}

function mix64(h: number, l: number): number {
  high = h;
  low = l;
  const [sumHigh, sumLow] = [~high, ~low];
  shiftLeft(18);
  add(sumHigh, sumLow);
  xorShifted(31);
  const [h1, l1] = [high, low];
  shiftLeft(2);
  add(h1, l1); // times 5
  const [h5, l5] = [high, low];
  high = h1;
  low = l1;
  shiftLeft(4);
  add(h5, l5); // times 21
  xorShifted(11);
  const [h21, l21] = [high, low];
  shiftLeft(6);
  add(h21, l21);
  xorShifted(22);
  return low & 0x3fffffff;
}

function shiftLeft(by: number): void {
  high = (high << by) | (low >>> (32 - by));
  low <<= by;
}

function xorShifted(by: number): void {
  low ^= (high << (32 - by)) | (low >>> by);
  high ^= high >>> by;
}

function add(h: number, l: number): void {
  const sum = (low >>> 0) + (l >>> 0);
  high = (high + h + (sum > 0xffffffff ? 1 : 0)) | 0;
  low = sum | 0;
}
