import * as modules from 'node:module'; // whole: bundlers' users declare a `createRequire` of their own

/**
 * The `ws` package, as the CommonJS that it is: Node takes twice as long to load the module that the package has as well. A
 * program that was bundled has the package in itself, and may have none beside it.
 */
export async function wsPackage(): Promise<typeof import('ws')> {
  try {
    return modules.createRequire(import.meta.url)('ws');
  } catch {
    return await import('ws');
  }
}
