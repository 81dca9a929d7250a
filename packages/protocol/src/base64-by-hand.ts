/** For browsers of before 2026, whose bytes know nothing of base64: their texts do. */

/** A call takes so many arguments on every platform. */
const CHUNK = 8192;

export function encodeByHand(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    binary += Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + CHUNK) as ArrayLike<number>);
  return btoa(binary);
}

export function decodeByHand(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
