import { Handler } from '@bjsonrpc/peer';
import type { ClientHandler } from './client-handler.js';

/**
 * Names that the recorded sessions try. Left to itself a class publishes what begins with a lower-case letter; this one
 * lists what it publishes, as the original's rule asked for two characters, and as one capital name is wanted.
 */
export class NamesHandler extends Handler<ClientHandler> {
  static override readonly published: readonly string[] = ['ab', 'a1', 'a_', 'naïve', 'klass', 'Extra'];

  ab(): string {
    return 'two letters';
  }

  a1(): string {
    return 'letter and digit';
  }

  a_(): string {
    return 'letter and underscore';
  }

  naïve(): string {
    return 'non-ASCII name';
  }

  klass(): string {
    return 'class method';
  }

  Extra(): string {
    return 'hidden';
  }

  // None of these can be called from the other side.

  a(): string {
    return 'not listed';
  }

  X(): string {
    return 'not listed';
  }

  Upper(): string {
    return 'not listed';
  }

  _private(): string {
    return 'not listed';
  }

  static stat(): string {
    return 'not a method of the handler';
  }

  readonly plain: string = 'not a method at all';
}
