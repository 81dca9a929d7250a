/** A name or a bracketed IPv6 address, and perhaps a port; nothing else that a URL could have. */
const HOST = /^(\[[\da-f:.]+\]|[^\s[\]:/?#@\\%]+)(?::(\d{0,5}))?$/i;

/** What a Host header says, in one spelling. */
export interface HostName {
  /** Lower case, without a dot at the end; IPv6 addresses in brackets. */
  readonly name: string;
  /** Undefined: the default one of the scheme. */
  readonly port: number | undefined;
}

/** Reads a Host header, or one's own list of hosts; undefined if it is malformed. */
export function parseHost(text: string): HostName | undefined {
  const [, name, port] = HOST.exec(text) ?? [];
  if (name === undefined) return undefined;
  try {
    const { hostname } = new URL(`http://${name}`);
    return { name: hostname.replace(/\.$/, ''), port: port ? Number(port) : undefined };
  } catch {
    return undefined;
  }
}
