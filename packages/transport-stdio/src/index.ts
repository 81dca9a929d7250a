/// <reference types="node" preserve="true" />
export { spawn } from './spawn.js';
export type { SpawnOptions } from './spawn-options.js';
export { stdio } from './stdio.js';
export type { StdioOptions } from './stdio-options.js';
