/// <reference types="node" preserve="true" />
export { tcp } from './tcp.js';
export type { TcpOptions, TcpTlsOptions } from './tcp-options.js';
