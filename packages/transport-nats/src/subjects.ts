import { randomBytes } from 'node:crypto';

/**
 * The subjects of a service S, as docs/architecture.md lists them. With users, the name of whoever publishes comes before
 * the last word, or last, so that the server's permissions can see to it that nobody uses another's.
 */
export class Subjects {
  readonly #service: string;

  constructor(service: string) {
    this.#service = service;
  }

  /** Any instance: one of them gets it. */
  dial(user?: string): string {
    return joined(this.#service, 'dial', user);
  }

  /** Who is there? All instances get it. */
  find(user?: string): string {
    return joined(this.#service, 'find', user);
  }

  /** One instance. */
  at(instance: string, user?: string): string {
    return joined(this.#service, 'at', instance, user);
  }

  /** Below this, clients write to one instance. */
  to(instance: string): string {
    return joined(this.#service, 'to', instance);
  }

  /** Below this, clients write to all instances. */
  get toAny(): string {
    return joined(this.#service, 'to');
  }

  /** Broadcast. */
  get all(): string {
    return joined(this.#service, 'all');
  }
}

/** The inbox prefix of a user, unless told otherwise. */
export function inboxOf(user?: string): string {
  return joined('_INBOX', user);
}

/** 128 random bits as a word: nobody guesses it. */
export function newToken(): string {
  return randomBytes(16).toString('base64url');
}

/** A subject without its last word: the address of a process, of one of its conversations. */
export function baseOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf('.'));
}

/** Whether it can be published on, and names one thing. */
export function isSubject(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 512 && value.split('.').every(isToken);
}

export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s.*>\p{Cc}]{1,128}$/u.test(value);
}

function joined(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join('.');
}
