import { connect, type Peer } from '@bjsonrpc/peer';
import { resumable, type SessionChange } from '@bjsonrpc/resumable';
import { ws } from '@bjsonrpc/transport-ws';
import type { TestApi } from '../browser.test.ts';

/** What the page has, for the test to use. */
export class TestedPage {
  #peer: Peer<TestApi> | undefined;
  readonly changes: SessionChange['state'][] = [];
  /** Numbers that the server has told, by calling a function of the page. */
  readonly heard: number[] = [];
  /** What has become of calls that were begun. */
  readonly answers: number[] = [];
  /** Events by which the browser said that it may be back. */
  readonly woken: string[] = [];

  async open(): Promise<string> {
    for (const [target, type] of [
      [window, 'online'],
      [window, 'pageshow'],
      [document, 'resume'],
    ] as const)
      target.addEventListener(type, () => this.woken.push(type));
    const transport = resumable(ws(`ws://${location.host}/rpc`), {
      onState: ({ state }) => this.changes.push(state),
    });
    this.#peer = await connect<TestApi>(transport, { pingInterval: 0, timeout: 60_000 });
    await this.#peer.call.listen((n: number) => void this.heard.push(n));
    return this.#peer.info.session?.id ?? '';
  }

  get state(): string | undefined {
    return this.#peer?.info.session?.state;
  }

  begin(n: number): void {
    void this.#peer?.call.double(n).then((answer) => this.answers.push(answer));
  }

  async double(n: number): Promise<number> {
    return (await this.#peer?.call.double(n)) ?? 0;
  }
}

declare global {
  var onSession: TestedPage;
}
