import type { RemoteObject } from '../contract/remote-types.js';
import { runningCall } from '../publishing/call-context.js';
import { kw } from '../publishing/keywords.js';
import type { Method } from '../publishing/publish.js';

/** A method of another connection's object that was passed on here: calling it calls it there. */
export function forward(target: object, name: string): Method | undefined {
  const { call, pipe } = target as RemoteObject<unknown>;
  if (!call[name]) return undefined; // the language's own
  const fn = (...args: unknown[]): unknown => {
    const running = runningCall();
    const keywords = running?.keywords;
    // Without declared names the keywords came as one last object: they go on as keywords.
    const passed = keywords ? [...args.slice(0, -1), kw(keywords)] : args;
    return (running?.wantsStream ? pipe : call)[name]?.(...passed);
  };
  return { name, fn };
}
