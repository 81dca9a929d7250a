/** The four ways to call. */
export type CallKind = 'call' | 'method' | 'notify' | 'pipe';
