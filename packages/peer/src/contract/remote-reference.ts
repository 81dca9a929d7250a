/// <reference lib="esnext.disposable" preserve="true" />
// The types of disposables come along: not every program has them in its `lib`.

/** What every proxy can do, be it of an object, a function or an iterable. */
export interface RemoteReference extends Disposable {
  /** Let go of it: the owner may forget it. Idempotent. Calls still on their way are not disturbed. */
  close(): void;
  /** Keep it after the call that brought it as an argument. Results need no such thing. */
  retain(): this;
  /** Call once when the connection ends while it is held. Dispose of what is returned to be spared that. */
  onBroken(callback: (error: Error) => void): Disposable;
}
