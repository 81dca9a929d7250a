import { CancelledError, ConnectionClosedError, kw } from '@bjsonrpc/peer';
import { expect } from 'vitest';
import { callByName, type Driver, expectFailure, until } from './driver.ts';

/** Calls, values, errors and streams. */
export const callDrivers: { readonly [scenario: string]: Driver } = {
  async positional(peer) {
    expect(await peer.call.echo('x')).toBe('x');
    expect(await peer.call.add(2, 3)).toBe(5);
    expect(await peer.call.add('a', 'b')).toBe('ab');
    expect(await peer.call.addAll(1, 2, 3, 4, 5)).toBe(15);
    expect(await peer.call.getabc(1)).toEqual([1, null, null]);
    expect(await peer.call.echo([1, 2])).toEqual([1, 2]);
    expect(await peer.call.echo({ a: 1 })).toEqual({ a: 1 });
  },

  async no_params(peer) {
    expect(await peer.call.ping()).toBe('pong');
    expect(await peer.call.getabc()).toEqual([null, null, null]);
    expect(await peer.call.addAll()).toBe(0);
  },

  async keyword_params(peer) {
    expect(await peer.call.getabc(kw({ a: 1, b: 2, c: 3 }))).toEqual([1, 2, 3]);
    expect(await peer.call.getabc(kw({ b: 1, c: 2, a: 3 }))).toEqual([3, 1, 2]);
    expect(await peer.call.getabc(kw({ c: 'c', b: 'b' }))).toEqual([null, 'b', 'c']);
    expect(await peer.call.kw(kw({ z: 1, a: [2], m: { k: null } }))).toEqual({
      z: 1,
      a: [2],
      m: { k: null },
    });
    expect(await peer.call.kw()).toEqual({});
    expect(await peer.call.echo(kw({ value: { a: 1 } }))).toEqual({ a: 1 });
  },

  async mixed_params(peer) {
    expect(await peer.call.getabc(1, kw({ c: 3 }))).toEqual([1, null, 3]);
    const named = { key: 'v', other: null };
    expect(await peer.call.mixed(1, 2, 3, 4, kw(named))).toEqual({
      first: 1,
      second: 2,
      rest: [3, 4],
      named,
    });
    expect(await peer.call.mixed(1, kw({ named: true }))).toMatchObject({ named: { named: true } });
    peer.notify.getabc(1, kw({ b: 2 }));
  },

  async values(peer, { recorded }) {
    const answers = recorded('server');
    for (const [index, { params = [] }] of recorded('client').entries()) {
      expect(await peer.call.echo(params[0])).toEqual(answers[index]?.result);
    }
  },

  async values_not_json(peer) {
    expect(await peer.call.specials()).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    await expect(peer.call.echo(Number.NaN)).rejects.toThrow('cannot send');
    await expect(peer.call.echo(Number.POSITIVE_INFINITY)).rejects.toThrow('cannot send');
  },

  async results(peer, { recorded }) {
    const answers = recorded('server');
    for (const [index, { method = '' }] of recorded('client').entries()) {
      expect(await callByName(peer, method)).toEqual(answers[index]?.result);
    }
  },

  async results_not_serializable(peer) {
    for (const method of ['badSet', 'badBytes', 'badKey', 'badFunction', 'badIterator']) {
      await expectFailure(callByName(peer, method), "name 'item' is not defined", 'NameError');
    }
    expect(await peer.call.ping()).toBe('pong');
  },

  async notify(peer) {
    peer.notify.bump();
    peer.notify.bump(4);
    peer.notify.bump(kw({ amount: 5 }));
    expect(await peer.call.total()).toBe(10);
    peer.notify.nope(1);
    peer.notify.failValue();
    peer.notify.add(1);
    peer.notify.tick(3);
    expect(await peer.call.ping()).toBe('pong');
  },

  async method_async(peer) {
    const first = peer.method.add(1, 1);
    const second = peer.method.add(2, 2);
    const failing = peer.method.failValue();
    const last = peer.method.ping();
    expect([first.id, second.id, failing.id, last.id]).toEqual([1, 2, 3, 4]);
    expect(last.hasResponse).toBe(false);
    expect(await last.value).toBe('pong');
    expect(first.hasResponse).toBe(true);
    await expectFailure(failing.value, 'boom', 'ValueError');
    expect(await second.value).toBe(4);
    expect(await first.value).toBe(2);
  },

  async names(peer, { recorded }) {
    const answers = recorded('server');
    for (const [index, { method = '' }] of recorded('client').entries()) {
      const call = callByName(peer, method);
      if (answers[index]?.error === null) expect(await call).toBe(answers[index]?.result);
      else await expectFailure(call, `Unknown method '${method}'`);
    }
  },

  async errors(peer) {
    await expectFailure(peer.call.failValue(), 'boom', 'ValueError');
    await expectFailure(peer.call.failType(), 'bad type', 'TypeError');
    const text = 'é 😀 "q"\nline';
    await expectFailure(peer.call.failWith(text), text, 'ValueError');
    await expectFailure(peer.call.failEmpty(), '', 'ValueError');
    await expectFailure(peer.call.failKey(), "'missing'", 'KeyError');
    await expectFailure(peer.call.failServer(), 'server says no', 'RemoteError');
    await expectFailure(peer.call.failServerWith('é'), 'é', 'RemoteError');
    await expectFailure(peer.call.failServerEmpty(), '', 'RemoteError');
    await expectFailure(peer.call.failServerArgs(), "('one', 2)", 'RemoteError');
    await expectFailure(peer.call.failCustom(), 'custom denied', 'RemoteError');
  },

  async errors_of_calling(peer) {
    await expectFailure(peer.call.nope(), "Unknown method 'nope'");
    await expectFailure(peer.call.nope(1, kw({ a: 2 })), "Unknown method 'nope'");
    const calls = [peer.call.add, () => peer.call.add(1), () => peer.call.add(1, 2, 3)];
    calls.push(
      () => peer.call.getabc(kw({ j: 32 })),
      () => peer.call.getabc(1, kw({ a: 2 })),
      () => peer.call.ping(1),
    );
    for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'TypeError' });
  },

  async pipe(peer) {
    const ticks = peer.pipe.tick(3);
    for (const value of [0, 1, 2]) expect(await ticks.next()).toEqual({ done: false, value });
    await ticks.return();
    const more = peer.pipe.tick(kw({ count: 2, start: 10 }));
    for (const value of [10, 11]) expect(await more.next()).toEqual({ done: false, value });
    expect(await peer.call.ping()).toBe('pong');
    await more.return();
  },

  async pipe_error(peer) {
    const ticks = peer.pipe.tickFail(2);
    for (const value of [0, 1]) expect(await ticks.next()).toEqual({ done: false, value });
    await expectFailure(ticks.next(), 'tick boom', 'ValueError');
    expect(await peer.call.ping()).toBe('pong');
  },

  async pipe_empty(peer) {
    const ticks = peer.pipe.tickEmpty();
    const first = ticks.next();
    expect(await peer.call.ping()).toBe('pong');
    await ticks.return();
    expect(await first).toEqual({ done: true, value: undefined });
  },

  async pipe_of_plain_method(peer) {
    const pongs = peer.pipe.ping();
    expect(await pongs.next()).toEqual({ done: false, value: 'pong' });
    const second = pongs.next();
    await pongs.return();
    expect(await second).toEqual({ done: true, value: undefined });
  },

  async pipe_interleaved(peer) {
    const first = peer.pipe.tick(3);
    const second = peer.pipe.tick(3, 100);
    const sum = peer.method.add(1, 1);
    for (const value of [100, 101, 102]) expect(await second.next()).toEqual({ done: false, value });
    for (const value of [0, 1, 2]) expect(await first.next()).toEqual({ done: false, value });
    expect(await sum.value).toBe(2);
    await Promise.all([first.return(), second.return()]);
  },

  async call_of_generator(peer) {
    expect(await peer.call.tick(3, 7)).toBe(7);
    expect(await peer.call.ping()).toBe('pong');
    expect(await peer.method.tick(2).value).toBe(0);
    expect(await peer.call.ping()).toBe('pong');
    expect(peer.stats.stray).toBe(3);
  },

  async client_end_of_stream(peer) {
    const error: unknown = await peer.call.ping().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionClosedError);
    expect(error).toMatchObject({ sent: true });
  },

  async client_response_forms(peer) {
    for (const value of [1, 2, 3, 4]) expect(await peer.call.ping()).toBe(value);
    for (const text of ['text', 'both', '', 'false', '0', 'm']) await expectFailure(peer.call.ping(), text);
    for (const value of [6, 7, 8]) expect(await peer.call.ping()).toBe(value);
  },

  async client_response_id_true(peer, { differs }) {
    const request = peer.method.ping();
    await until(() => peer.stats.stray === 1, 'the answer is taken for a stray one');
    expect(request.hasResponse).toBe(false);
    request.cancel();
    await expect(request.value).rejects.toBeInstanceOf(CancelledError);
    differs(4);
  },

  async client_response_without_result(peer) {
    await expectFailure(peer.call.ping(), 'The answer has neither a result nor an error');
  },

  async client_response_ignored(peer, session) {
    // Over TCP two of the lines close the connection, and the program starts over.
    for (let current = peer; ; current = await session.connect()) {
      const answer: unknown = await current.call.ping().catch((reason: unknown) => reason);
      if (answer instanceof ConnectionClosedError) continue;
      expect(answer).toBe('good');
      expect(await current.call.ping()).toBe('second');
      return;
    }
  },

  async v021_calls(peer) {
    expect(await peer.call.ping()).toBe('pong');
    expect(await peer.call.add(2, 3)).toBe(5);
    expect(await peer.call.getabc(kw({ a: 1, b: 2, c: 3 }))).toEqual([1, 2, 3]);
    expect(await peer.call.getabc(1, kw({ c: 3 }))).toEqual([1, null, 3]);
    const named = { key: 'v', other: null };
    expect(await peer.call.mixed(1, 2, 3, kw(named))).toEqual({ first: 1, second: 2, rest: [3], named });
    expect(await peer.call.kw(kw({ x: 1 }))).toEqual({ x: 1 });
    expect(await peer.call.echo('año 😀')).toBe('año 😀');
    peer.notify.bump(4);
    peer.notify.bump(kw({ amount: 5 }));
    expect(await peer.call.total()).toBe(9);
    expect(await peer.method.add(1, 1).value).toBe(2);
  },

  async v021_errors(peer) {
    await expectFailure(peer.call.failValue(), 'boom', 'ValueError');
    await expectFailure(peer.call.failEmpty(), '', 'ValueError');
    await expectFailure(peer.call.failKey(), "'missing'", 'KeyError');
    await expectFailure(peer.call.failServer(), 'server says no', 'RemoteError');
    await expectFailure(peer.call.failServerEmpty(), '', 'RemoteError');
    await expectFailure(peer.call.failCustom(), 'custom denied', 'RemoteError');
    await expectFailure(peer.call.nope(), "Unknown method u'nope'");
    await expectFailure(peer.call.add(), 'add() takes exactly 3 arguments (1 given)', 'TypeError');
    await expect(peer.call.badSet()).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(await peer.call.ping()).toBe('pong');
  },
};
