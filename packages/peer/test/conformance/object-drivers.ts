import { kw, type Peer } from '@bjsonrpc/peer';
import { expect } from 'vitest';
import { callByName, collectUntil, type Driver, expectFailure, type Remote, type Untyped } from './driver.ts';

/** Objects, references and deletions. */
export const objectDrivers: { readonly [scenario: string]: Driver } = {
  async wiki_session(peer, { keep }) {
    const list = keep(await wikiCalls(peer, "Unknown method 'mewList'"));
    await expectFailure(list.call.add(1), "Unknown method 'mylist_0001.add'");
    await expectFailure(list.call.items(), "Unknown method 'mylist_0001.items'");
    list.close();
  },

  v021_wiki_session: (peer) => callWikiSession(peer, "Unknown method u'mewList'"),

  async object_methods(peer, { keep }) {
    const list = keep((await peer.call.newList()) as Remote);
    await expectFailure(list.call.add(1), "Unknown method 'mylist_0001.add'");
    await expectFailure(list.call.items(), "Unknown method 'mylist_0001.items'");
    await expectFailure(list.call.nope(), "Unknown method 'mylist_0001.nope'");
    await expectFailure(callByName(list, '_secret'), "Unknown method 'mylist_0001._secret'");
    list.notify.add(2);
    const chronometer = keep((await peer.call.newChronometer()) as Remote);
    await expectFailure(chronometer.call.start(), "Unknown method 'chronometer_0002.start'");
  },

  async object_names(peer, { keep }) {
    keep(await peer.call.newList());
    keep(await peer.call.newChronometer());
    expect(await peer.call.callClient('ask', 'x')).toBe('answer to x');
    for (let number = 4; number <= 0x11; number++) keep(await peer.call.newList());
  },

  async object_same_name(peer, { keep, connect }) {
    const shared = keep(await peer.call.sharedList());
    expect(keep(await peer.call.sharedList())).toBe(shared);
    const { one, both } = keep((await peer.call.objects()) as { one: Remote; both: Remote[] });
    expect(both[0]).toBe(one);
    expect(both[1]).not.toBe(one);
    const other = await connect();
    expect(keep(await other.call.sharedList())).not.toBe(shared);
  },

  async object_reference(peer, { keep }) {
    const one = keep(await peer.call.newList());
    const two = keep(await peer.call.newList());
    expect(await peer.call.isLocalList(one)).toBe(true);
    expect(await peer.call.listSum(one)).toBe(0);
    expect(await peer.call.sameObject(one, one)).toBe(true);
    expect(await peer.call.sameObject(kw({ first: one, second: two }))).toBe(false);
    expect(await peer.call.giveBack(one)).toBe(one);
    expect(await peer.call.echo({ deep: [one, 1] })).toEqual({ deep: [one, 1] });
  },

  async object_handler(peer, { keep }) {
    const self = keep((await peer.call.getSelf()) as Remote);
    expect(await peer.call.ping()).toBe('pong');
    self.close();
    await expectFailure(peer.call.ping(), "Unknown method 'ping'");
  },

  async function_reference(peer) {
    expect(await peer.call.apply(peer.call.ping)).toBe('pong');
    expect(await peer.call.apply(peer.call.add, 2, 3)).toBe(5);
    expect(await peer.call.apply(peer.notify.add, 2, 3)).toBe(5);
    expect(await peer.call.apply(peer.method.add, 2, 3)).toBe(5);
    expect(await peer.call.reduce(peer.call.add, [1, 2, 3, 4], 0)).toBe(10);
    expect(await peer.call.reduce(kw({ function: peer.call.add, values: ['a', 'b'], initial: '' }))).toBe(
      'ab',
    );
  },

  async function_reference_of_object(peer, { keep }) {
    const operator = keep((await peer.call.newOperator()) as Remote);
    expect(await peer.call.reduce(operator.call.plus, [1, 2, 3, 4], 0)).toBe(10);
    expect(await peer.call.reduce(operator.call.times, [1, 2, 3, 4], 1)).toBe(24);
    const list = keep((await peer.call.newList()) as Remote);
    expect(await peer.call.apply(list.call.addlist, [4, 5])).toBe(null);
    expect(await peer.call.listSum(list)).toBe(9);
    expect(await peer.call.apply(list.notify.items, 1)).toEqual([5]);
  },

  async function_reference_result(peer, { differs }) {
    const double = (await peer.call.clientRef('double')) as (number: number) => number;
    expect(await double(4)).toBe(8);
    await expect(peer.call.clientRef('nope')).rejects.toThrow("'nope'");
    differs(6);
  },

  async own_function_refused(peer, { handler }) {
    expect(await peer.call.ping()).toBe('pong');
    const sent = peer.method.echo(handler.ask); // which the recorded server cannot answer, as nobody asked it then
    await expect(peer.call.echo(new Set([1]))).rejects.toThrow('cannot send a Set');
    expect(await peer.call.ping()).toBe('pong');
    sent.cancel();
  },

  async pipe_of_objects(peer, { keep }) {
    const lists = peer.pipe.tickLists(3);
    const items = [await lists.next(), await lists.next(), await lists.next()].map(({ value }) =>
      keep(value),
    );
    expect(new Set(items).size).toBe(3);
    await lists.return();
  },

  async client_uses_object(peer, { keep }) {
    const { it } = keep((await peer.call.make()) as { it: Remote });
    expect(await it.call.get(1)).toBe(null);
    expect(await it.call.get(kw({ key: 2 }))).toBe(null);
    expect(await it.call.get(1, kw({ key: 2 }))).toBe(null);
    it.notify.put(3);
    expect(await it.method.get().value).toBe(null);
    const each = it.pipe.each();
    expect(await each.next()).toEqual({ done: false, value: null });
    await each.return();
    expect(await peer.call.use(it, [it], kw({ k: it }))).toBe(null);
    expect(await peer.call.use(it.call.get)).toBe(null);
  },

  async connection_close(peer, { keep }) {
    keep(await peer.call.newList());
    await peer.close();
  },

  async delete_close(peer, { keep, connect }) {
    const list = keep((await peer.call.newList()) as Remote);
    list.close();
    list.close();
    const other = await connect();
    expect(await other.call.ping()).toBe('pong');
  },

  async delete_collected(peer) {
    await peer.call.newList();
    await collectUntil(() => peer.stats.imported === 0, 'the forgotten list is released');
  },

  async delete_answered(peer, { keep }) {
    const list = keep((await peer.call.newList()) as Remote);
    list.close();
    expect(await peer.call.ping()).toBe('pong');
  },

  async delete_answered_with_error(peer, { keep, differs }) {
    const list = keep((await peer.call.newList()) as Remote);
    list.close();
    differs(6);
    expect(await peer.call.ping()).toBe('pong');
  },

  async v021_delete(peer, { keep }) {
    const list = keep((await peer.call.newList()) as Remote);
    list.close();
    await peer.call.newList();
    await collectUntil(() => peer.stats.imported === 0, 'the forgotten list is released');
    expect(await peer.call.ping()).toBe('pong');
  },

  async v021_objects(peer, { keep }) {
    const one = keep((await peer.call.newList()) as Remote);
    const two = keep((await peer.call.newList()) as Remote);
    expect(await one.call.add(1)).toBe(null);
    one.notify.add(2);
    expect(await two.call.addlist([5, 6, 7])).toBe(null);
    expect(await one.call.items()).toEqual([1, 2]);
    expect(await two.call.items(1)).toEqual([6, 7]);
    expect(await two.call.items(kw({ end: 1 }))).toEqual([5]);
    expect(await two.call.items(0, kw({ end: 2 }))).toEqual([5, 6]);
    expect(await one.call.sum()).toBe(3);
    await expectFailure(one.call.fail(), 'list boom', 'ValueError');
    await expectFailure(one.call.nope(), "Unknown method u'nope'");
    await expectFailure(callByName(one, '_secret'), "Unknown method u'_secret'");
    await expectFailure(one.call.add(), 'add() takes exactly 2 arguments (1 given)', 'TypeError');
    const shared = keep(await peer.call.sharedList());
    expect(await peer.call.sharedList()).toBe(shared);
    expect(await peer.call.isLocalList(one)).toBe(true);
    expect(await peer.call.giveBack(one)).toBe(one);
    const chronometer = keep((await peer.call.newChronometer()) as Remote);
    expect(await chronometer.call.start()).toBe(null);
    expect(await chronometer.call.running()).toBe(true);
    expect(await chronometer.call.lapse()).toBe(0.25);
    expect(await chronometer.call.stop()).toBe(null);
    expect(await chronometer.call.lapse()).toBe(0.5);
    const operator = keep((await peer.call.newOperator()) as Remote);
    expect(await peer.call.reduce(operator.call.plus, [1, 2, 3], 0)).toBe(6);
    expect(await peer.call.reduce(peer.call.add, [1, 2, 3], 0)).toBe(6);
  },
};

/** The session of the wiki page. */
export async function callWikiSession(
  peer: Peer<Untyped>,
  unknown = "Unknown method 'mewList'",
): Promise<void> {
  const list = await wikiCalls(peer, unknown);
  expect(await list.call.add(1)).toBe(null);
  expect(await list.call.items()).toEqual([1]);
  list.close();
}

async function wikiCalls(peer: Peer<Untyped>, unknown: string): Promise<Remote> {
  expect(await peer.call.ping()).toBe('pong');
  expect(await peer.call.echo('hello world')).toBe('hello world');
  await expectFailure(peer.call.mewList(), unknown);
  return (await peer.call.newList()) as Remote;
}
