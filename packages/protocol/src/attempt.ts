/** What a program gave may be anything: its getters may throw, and Proxies at every touch. */
export function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
