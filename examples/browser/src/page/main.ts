import type { Peer, Received, RemoteObject } from '@bjsonrpc/peer';
import { LastingClient } from '@bjsonrpc/peer/lasting';
import { platformWake, resumable, type SessionChange } from '@bjsonrpc/resumable';
import { ws } from '@bjsonrpc/transport-ws';
import type { BoardEvent, Person } from '../server/board.js';
import type { BoardApi } from '../server/board-api.js';
import type { Note, NoteState } from '../server/note.js';
import { ColorPicker } from './color-picker.js';
import { find } from './find.js';
import { NoteView } from './note-view.js';
import { People } from './people.js';
import { Sparkline } from './sparkline.js';
import { Status } from './status.js';
import { throttled } from './throttled.js';
import { tunnel } from './tunnel.js';

/** How long the tunnel is. */
const TUNNEL_MS = 5000;

const board = find('.board', HTMLElement);
const addButton = find('.add', HTMLButtonElement);
const status = new Status(find('.status', HTMLButtonElement), find('.banner', HTMLElement));
const people = new People(find('.people', HTMLElement), board);
const sparkline = new Sparkline(find('.activity', HTMLElement));
const colors = new ColorPicker(find('.colors', HTMLElement));
const views = new Map<string, NoteView>();

/** Tries at once. */
let kick = (): void => {};
const wake = (given: () => void): (() => void) => {
  kick = given;
  return platformWake(given);
};

const train = tunnel(ws(new URL('rpc', location.href)));

// A lost connection is found again, and a lost session begins anew.
const client = new LastingClient<BoardApi>(resumable(train, { wake, onState: onSession }), {
  open: joinBoard,
  wake,
  onState({ state, retryMs = 0 }) {
    if (state === 'opening') status.connecting();
    if (state !== 'waiting') return;
    setUsable(false);
    status.waiting(retryMs);
    status.onClick = kick;
  },
});
// Who leaves says so: the others need not wait to see whether he comes back.
addEventListener('pagehide', ({ persisted }) => {
  if (!persisted) client.peer?.abort(); // at once: there is no time for a goodbye
});

/** The connection comes and goes; what is done meanwhile waits, and is not lost. */
function onSession({ state, retryMs = 0 }: SessionChange): void {
  if (state === 'away') {
    status.away(retryMs);
    status.onClick = kick;
  } else if (state === 'connected' && client.peer) showConnected();
}

function showConnected(): void {
  status.connected();
  status.onClick = () => train.enter(TUNNEL_MS);
}

/** Everything that is done with a session. On the next one, it is all done again. */
async function joinBoard(peer: Peer<BoardApi>): Promise<undefined> {
  // A function of this page goes to the server; objects of the server come back.
  const { me, notes } = await peer.call.join(sessionStorage.getItem('name') ?? undefined, onEvent);
  rememberMe(me);
  for (const view of views.values()) view.close();
  views.clear();
  for (const { note, state } of notes) show(note, state);

  addButton.onclick = async () => {
    const id = await peer.call.add(0.2 + Math.random() * 0.6, 0.2 + Math.random() * 0.6, colors.chosen);
    views.get(id)?.focus();
  };
  board.onpointermove = throttled(40, ({ clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = board.getBoundingClientRect();
    peer.notify.point((clientX - left) / width, (clientY - top) / height);
  });
  showConnected();
  setUsable(true);
  sparkline.draw(peer.pipe.activity()).catch(() => {}); // it ends with the session
}

/** What the server calls. */
function onEvent(event: Received<BoardEvent>): void {
  if (event.kind === 'added') show(event.note.retain(), event.state);
  else if (event.kind === 'changed') views.get(event.state.id)?.show(event.state);
  else if (event.kind === 'people') people.show(event.people);
  else if (event.kind === 'pointed') people.point(event.by, event.x, event.y);
  else {
    views.get(event.id)?.close();
    views.delete(event.id);
  }
}

function show(note: RemoteObject<Note>, state: NoteState): void {
  const view = new NoteView(note, state);
  views.set(state.id, view);
  board.append(view.element);
}

function rememberMe(me: Person): void {
  people.me = me;
  sessionStorage.setItem('name', me.name);
}

function setUsable(isUsable: boolean): void {
  document.body.classList.toggle('offline', !isUsable);
  board.inert = !isUsable;
  addButton.disabled = !isUsable;
}
