export { ws } from './ws.js';
export type { HttpServer, UpgradeRequest, WsOptions, WsTlsOptions } from './ws-options.js';
