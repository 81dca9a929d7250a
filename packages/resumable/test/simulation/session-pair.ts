import type { Duplex } from '@bjsonrpc/protocol';
import { type ResumableOptions, resumable, type SessionChange } from '@bjsonrpc/resumable';
import { badWeather, type MemoryNetwork, memory, seeded, VirtualClock } from '@bjsonrpc/transport-memory';
import { Story } from './story.ts';

/** A network that misbehaves, and what stands on it. */
export interface Scene {
  readonly random: () => number;
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly story: Story;
  /** The same network, for both sides, with sessions. */
  readonly transport: ReturnType<typeof resumable>;
  /** What sessions of either side have said last. */
  readonly states: Map<string, SessionChange['state']>;
  startWeather(): void;
  stopWeather(): void;
  connections(): number;
}

/** Whoever has to find another one does so, however long it takes. */
const FOR_EVER: ResumableOptions = { keepMs: 1e9, giveUp: () => false };

export function sceneOf(seed: number, options: ResumableOptions = FOR_EVER): Scene {
  const random = seeded(Math.imul(seed, 0x9e3779b1));
  const clock = new VirtualClock();
  const story = new Story(clock);
  const network = memory({
    seed,
    clock,
    latencyMs: random() < 0.3 ? 0 : 20,
    jitterMs: random() < 0.5 ? 0 : 30,
  });
  let connections = 0;
  const counted = {
    ...network,
    dial: (dialOptions: Parameters<typeof network.dial>[0]) => {
      connections++;
      return network.dial(dialOptions);
    },
  };
  const states = new Map<string, SessionChange['state']>();
  const tell =
    (side: string) =>
    ({ state, error, attempt }: SessionChange): void => {
      states.set(side, state);
      const why = error === undefined ? '' : `: ${error.message}`;
      story.tell(`${side} is ${state}${attempt === undefined ? '' : ` before connection ${attempt}`}${why}`);
    };
  const dialling = resumable(counted, { ...options, clock, random, onState: tell('dialler') });
  const accepting = resumable(network, { ...options, clock, random, onState: tell('acceptor') });
  let stopWeather = (): void => {};
  return {
    random,
    clock,
    network,
    story,
    states,
    transport: {
      name: 'memory',
      dial: (dialOptions) => dialling.dial(dialOptions),
      listen: (onDuplex, listenOptions) => accepting.listen(onDuplex, listenOptions),
    },
    startWeather: () => {
      stopWeather = badWeather(network, {
        seed: Math.imul(seed + 1, 0x85ebca6b),
        clock,
        everyMs: random() < 0.3 ? [0, 400] : [0, 6000],
        onFault: story.onFault,
      });
    },
    stopWeather: () => {
      story.tell('the sun comes out');
      stopWeather();
    },
    connections: () => connections,
  };
}

/** What is kept for a session of ours. */
export function keptChars(duplex: Duplex): number {
  return (duplex as unknown as { readonly chars: number }).chars;
}
