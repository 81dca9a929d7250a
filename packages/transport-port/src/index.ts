export type { PortTarget } from './line-of.js';
export { port } from './port.js';
export type { PortOptions } from './port-options.js';
