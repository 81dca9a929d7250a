/**
 * By what the library knows its own objects: members under these symbols, not classes, so that a part recognises what it
 * does not load (a page without handlers does not load what they are made of).
 */

/** Of a Handler: tells what it publishes. */
export const published: unique symbol = Symbol.for('bjsonrpc.published');

/** Of keyword arguments: holds them, by name. */
export const keywords: unique symbol = Symbol.for('bjsonrpc.keywords');
