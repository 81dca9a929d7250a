import type { Peer, RemoteObject } from '@bjsonrpc/peer';
import { expect } from 'vitest';
import type { ClientHandler } from '../../../../examples/src/client-handler.ts';

type Method = (...args: unknown[]) => unknown;
type Names<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Names<Rest> : Text;

/** The servers' methods as an old client sees them: names, and no types. */
export type Untyped = Record<
  | Names<'ping echo add addAll getabc kw mixed bump total tick tickFail tickEmpty tickLists specials'>
  | Names<'failValue failType failWith failEmpty failKey failServer failServerWith failServerEmpty failServerArgs'>
  | Names<'failCustom badSet nope mewList newList newChronometer newOperator sharedList objects getSelf make use'>
  | Names<'isLocalList listSum sameObject giveBack apply reduce clientRef callClient notifyClient methodClient'>
  | Names<'pipeClient fact useCounter keepCounter keptValue dropCounter'>,
  Method
>;

/** A server's object in the same way. */
export type Remote = RemoteObject<
  Record<
    Names<'add addlist items sum fail nope start running lapse stop plus times get put each'> | '_secret',
    Method
  >
>;

/** A program that does with our API what the recorded client's program did, and checks what it gets. */
export type Driver = (peer: Peer<Untyped>, session: Session) => Promise<void>;

/** Calls a method by a name that no type allows. */
export function callByName(target: { readonly call: object }, name: string): PromiseLike<unknown> {
  const { call } = target as { readonly call: { readonly [name: string]: () => PromiseLike<unknown> } };
  return call[name]?.() ?? Promise.reject(new Error(`no proxy for ${name}`));
}

/** What a driver has besides its peer. */
export interface Session {
  /** What the client publishes. */
  readonly handler: ClientHandler;
  /** One more connection. */
  connect(): Promise<Peer<Untyped>>;
  /** Holds on to a value until the session is over: what is forgotten is released, and that says something. */
  keep<T>(value: T): T;
  /** The row of the outcome at this line is met: what the program sees differs as the row says. */
  differs(line: number): void;
  /** The recorded lines of one side, parsed. */
  recorded(side: 'client' | 'server'): Recorded[];
}

/** A recorded message, as JSON.parse sees it. */
export interface Recorded {
  readonly method?: string;
  readonly params?: readonly unknown[];
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A call that fails with this message, and this name if one is given. */
export async function expectFailure(
  call: PromiseLike<unknown>,
  message: string,
  name?: string,
): Promise<void> {
  const error: unknown = await call.then(
    (value) => expect.fail(`no error but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject(name === undefined ? { message } : { message, name });
}

/** Waits until something is so that does not say when. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Collects garbage until something is so. */
export async function collectUntil(isSo: () => boolean, what: string): Promise<void> {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error('run with --expose-gc');
  await until(() => {
    gc();
    return isSo();
  }, what);
}
