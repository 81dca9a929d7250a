export { Codec } from '@bjsonrpc/protocol';
export { currentCall } from '../call-context.js';
export { Handler } from '../handler.js';
export { kw } from '../keywords.js';
export { connect, type SlimOptions, type SlimPeer } from './connect.js';
export { retain } from './references.js';
