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
  multiply(2 ** 18 - 1, -1); // ~key + (key << 18)
  xorShifted(31);
  multiply(21);
  xorShifted(11);
  multiply(65); // hash + (hash << 6)
  xorShifted(22);
  return low & 0x3fffffff;
}

/** Times a factor of so few bits that a double holds the product. */
function multiply(factor: number, plus = 0): void {
  const product = (low >>> 0) * factor + plus;
  high = (Math.imul(high, factor) + Math.floor(product / 2 ** 32)) | 0;
  low = product | 0;
}

function xorShifted(by: number): void {
  low ^= (high << (32 - by)) | (low >>> by);
  high ^= high >>> by;
}
