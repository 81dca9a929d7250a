import { Handler } from '@bjsonrpc/peer';
import type { Factorial } from './factorial.js';

/** What the original publishes of a class: names of a lower-case letter and at least one word character more. */
export function originallyPublished(prototype: object): string[] {
  const names: string[] = [];
  for (let own = prototype; own !== Handler.prototype; own = Object.getPrototypeOf(own) as object) {
    names.push(...Object.getOwnPropertyNames(own).filter((name) => /^[a-z][\p{L}\p{N}_]+$/u.test(name)));
  }
  return names;
}

/** Names that the recorded sessions try, some of which are published. */
export class NamesHandler extends Handler<Factorial> {
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
    return 'not published';
  }

  X(): string {
    return 'not published';
  }

  Upper(): string {
    return 'not published';
  }

  _private(): string {
    return 'not published';
  }

  static stat(): string {
    return 'not a method of the handler';
  }

  readonly plain: string = 'not a method at all';
}
