/**
 * By what the library knows its own objects: members under these symbols, not classes, so that a part recognises what it
 * does not load, and what another copy of the package has made.
 */

/** Of a Handler: tells what it publishes. */
export const published: unique symbol = Symbol.for('bjsonrpc.published');

/** Of keyword arguments: holds them, by name. */
export const keywords: unique symbol = Symbol.for('bjsonrpc.keywords');

/** Of a peer or a remote object: a symbol of its own. A text, since not all who compare look at members under symbols. */
export const identity = 'bjsonrpc.identity';

/** Of a running call's context: what is known of it besides. */
export const context: unique symbol = Symbol.for('bjsonrpc.context');
