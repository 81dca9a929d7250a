import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HandlerFactory, MethodOwner } from '@bjsonrpc/peer';
import { exitCodes } from '../exit-codes.js';
import { Failure, usageFailure } from '../failure.js';

/**
 * What a module offers to those who connect: its default export, which is a class (an instance for each connection), a function
 * that makes a handler for each, or a handler for all; a module without one offers the functions that it exports.
 *
 * @throws Failure for a module that cannot be loaded, or offers nothing
 */
export async function loadHandler(path: string): Promise<HandlerFactory> {
  const { default: offered, ...named } = await load(path);
  if (isClass(offered)) {
    assertPublishes(offered.prototype, `the class ${offered.name}`, path);
    return () => new offered();
  }
  if (typeof offered === 'function') return offered as HandlerFactory;
  if (typeof offered === 'object' && offered !== null) {
    if (!isPlain(offered)) assertPublishes(offered, `an instance of ${offered.constructor.name}`, path);
    return () => offered as MethodOwner;
  }
  const functions = Object.entries(named).filter(
    ([, value]) => typeof value === 'function' && !isClass(value),
  );
  if (functions.length === 0)
    throw usageFailure(
      `${path} offers nothing`,
      'Export a class by default (class Api extends Handler), an object with functions, or functions by name.',
    );
  const owner = Object.fromEntries(functions) as MethodOwner;
  return () => owner;
}

/** Known at once, and not when somebody connects. @throws Failure for a class, or an instance of one, that publishes nothing */
function assertPublishes(members: object, what: string, path: string): void {
  // By what each copy of the package knows it: the module's may be another one than this program's.
  if (Symbol.for('bjsonrpc.published') in members || members instanceof Map) return;
  throw usageFailure(
    `${path}: ${what} publishes nothing`,
    'Let the class say: extends Handler, of @bjsonrpc/peer.',
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

async function load(path: string): Promise<{ readonly [name: string]: unknown }> {
  const url = path.startsWith('file:') ? path : pathToFileURL(resolve(path)).href;
  try {
    return (await import(url)) as { readonly [name: string]: unknown };
  } catch (error) {
    const { message, code, stack } = error as NodeJS.ErrnoException;
    const advice =
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? 'This version of Node reads JavaScript alone: build it first, or take Node 22.18 or later for TypeScript.'
        : code === 'ERR_MODULE_NOT_FOUND'
          ? 'Check the path; and that what the module imports is installed beside it.'
          : stack
              ?.split('\n')
              .find((line) => line.includes('file:'))
              ?.trim();
    throw new Failure(`cannot load ${path}: ${message}`, { exitCode: exitCodes.usage, advice, cause: error });
  }
}

function isClass(value: unknown): value is { new (): MethodOwner; readonly prototype: object } {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}
