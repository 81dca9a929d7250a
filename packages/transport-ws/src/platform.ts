// What browsers, their workers and other platforms without Node's modules load: the same names, without a line of Node's or of the `ws` package.
export { ws } from './platform-ws.js';
export type { HttpServer, UpgradeRequest, WsOptions, WsTlsOptions } from './ws-options.js';
