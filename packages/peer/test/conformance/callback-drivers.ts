import { kw } from '@bjsonrpc/peer';
import { expect } from 'vitest';
import { Counter } from '../../../../examples/src/client-handler.ts';
import { type Driver, expectFailure, until } from './driver.ts';

/** Calls in both directions, and objects of the client. */
export const callbackDrivers: { readonly [scenario: string]: Driver } = {
  async callback(peer) {
    expect(await peer.call.callClient('ask', 'why')).toBe('answer to why');
    expect(await peer.call.callClient('double', 4)).toBe(8);
    expect(await peer.call.callClient('getabc', 1, kw({ c: 3 }))).toEqual([1, null, 3]);
    expect(await peer.call.callClient('getabc', kw({ b: 2 }))).toEqual([null, 2, null]);
  },

  async callback_kinds(peer, { handler }) {
    expect(await peer.call.notifyClient('notify', 'hello')).toBe(null);
    expect(handler.notes).toEqual(['hello']);
    expect(await peer.call.methodClient('double', 1, 2)).toEqual([2, 4]);
    expect(await peer.call.pipeClient('ticks', 3, 3)).toEqual([0, 10, 20]);
  },

  async callback_errors(peer) {
    await expectFailure(peer.call.callClient('fail'), 'client boom', 'ValueError');
    await expectFailure(peer.call.callClient('failServer'), 'client says no');
    await expectFailure(peer.call.callClient('nope'), "Unknown method 'nope'");
    await expectFailure(peer.call.callClient('_setup'), "Unknown method '_setup'");
  },

  async callback_without_handler(peer) {
    await expectFailure(peer.call.callClient('ask', 'x'), "Unknown method 'ask'");
  },

  async callback_recursion(peer) {
    expect(await peer.call.fact(6)).toBe(720);
  },

  async callback_out_of_order(peer) {
    const requests = [peer.method.callClient('ask', 'first'), peer.method.echo('second')];
    requests.push(peer.method.callClient('ask', 'third'));
    const answers = await Promise.all(requests.map(({ value }) => value));
    expect(answers).toEqual(['answer to first', 'second', 'answer to third']);
  },

  async callback_only_while_waiting(peer, { handler, differs }) {
    peer.notify.notifyClient('notify', 'late');
    await until(() => handler.notes.length === 1, 'the notification is served');
    differs(4);
    expect(await peer.call.ping()).toBe('pong');
    expect(handler.notes).toEqual(['late']);
  },

  async client_serves_while_waiting(peer, { handler, connect }) {
    const answer: unknown = await peer.call.ping().catch(async () => (await connect()).call.ping());
    expect(answer).toBe('pong');
    expect(handler.notes).toEqual(['t', 'n']);
  },

  async client_object(peer) {
    const failing = peer.call.useCounter(new Counter(), 2);
    await expectFailure(failing, "Unknown method 'counter_0002.increment'");
    await until(() => peer.stats.exported === 0, 'the server lets go of the counter');
    expect(await peer.call.ping()).toBe('pong');
  },

  async client_object_back(peer, { differs }) {
    const [counter, other] = [new Counter(), new Counter()];
    const back = (await peer.call.giveBack([counter, other, counter])) as unknown[];
    expect([back[0] === counter, back[1] === other, back[2] === counter]).toEqual([true, true, true]);
    await until(() => peer.stats.exported === 2, 'one name is released');
    expect(await peer.call.ping()).toBe('pong');
    expect((await peer.call.giveBack(counter)) === counter).toBe(true);
    differs(10);
    await until(() => peer.stats.exported === 2, 'the new name is released');
  },

  async v021_callback(peer, { handler }) {
    expect(await peer.call.callClient('ask', 'why')).toBe('answer to why');
    expect(await peer.call.notifyClient('notify', 'hello')).toBe(null);
    expect(handler.notes).toEqual(['hello']);
    await expectFailure(peer.call.callClient('fail'), 'client boom', 'ValueError');
    await expectFailure(peer.call.callClient('nope'), "Unknown method u'nope'");
    expect(await peer.call.fact(4)).toBe(24);
  },

  async v021_client_object(peer) {
    expect(await peer.call.useCounter(new Counter(), 2)).toBe(2);
    await until(() => peer.stats.exported === 0, 'the server lets go of the first counter');
    expect(await peer.call.ping()).toBe('pong');
    expect(await peer.call.keepCounter(new Counter(7))).toBe(null);
    expect(await peer.call.keptValue()).toBe(7);
    expect(await peer.call.dropCounter()).toBe(null);
    const last = new Counter();
    expect((await peer.call.giveBack(last)) === last).toBe(true);
    await until(() => peer.stats.exported === 0, 'the server lets go of the last counter');
    expect(await peer.call.ping()).toBe('pong');
  },
};
