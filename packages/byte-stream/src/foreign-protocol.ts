const HTTP = /^(HTTP\/|(GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|PATCH|PRI) )/;

/** What the first bytes of a connection say is spoken there, if it is something well known that is not ours. */
export function foreignProtocol(start: Uint8Array): 'TLS' | 'HTTP' | undefined {
  // A record of a handshake, or an alert, of TLS (or SSL) 3.x.
  if ((start[0] === 0x16 || start[0] === 0x15) && (start[1] ?? 3) === 3) return 'TLS';
  return HTTP.test(String.fromCharCode(...start.subarray(0, 8))) ? 'HTTP' : undefined;
}
