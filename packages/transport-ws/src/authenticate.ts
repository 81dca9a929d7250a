import { clearTimeout, startTimer } from '@bjsonrpc/byte-stream';
import type { Refusal } from './refusal.js';

/** Asks the hook, but for no longer than the limit (Infinity: for ever). Never rejects. */
export async function authenticate(
  hook: () => unknown,
  limitMs: number,
): Promise<{ readonly principal: unknown } | Refusal> {
  const late = Symbol('late');
  let timer: NodeJS.Timeout | undefined;
  let thrown: { readonly cause?: unknown } = {};
  try {
    const timeout = new Promise((resolve) => {
      timer = startTimer(() => resolve(late), limitMs);
    });
    const principal = limitMs > 0 ? await Promise.race([hook(), timeout]) : late;
    if (principal === late) return { status: 503, why: 'authentication took too long' };
    if (principal === false) return { status: 403, why: 'not allowed' };
    if (principal !== undefined && principal !== null) return { principal };
  } catch (cause) {
    thrown = { cause };
  } finally {
    clearTimeout(timer);
  }
  return { status: 401, why: 'not authenticated', ...thrown };
}
