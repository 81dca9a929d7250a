// chat.ts: rooms, each an object of the server's that its members hold
import { BroadcastError, broadcast, Handler, type RemoteObject, retain } from '@bjsonrpc/peer';

/** What a member publishes, and gives to the rooms that it enters. */
export interface Ears {
  heard(from: string, text: string): void;
}

export class Room extends Handler {
  readonly #members = new Map<RemoteObject<Ears>, string>();

  /** Whoever goes, in whatever way, is missed. */
  enter(name: string, ears: RemoteObject<Ears>): string[] {
    const there = [...this.#members.values()];
    this.#members.set(retain(ears), name);
    ears.onBroken(() => this.#gone(ears, 'has gone'));
    this.#tell('*', `${name} has come`);
    return there;
  }

  say(name: string, text: string): void {
    this.#tell(name, text);
  }

  #gone(ears: RemoteObject<Ears>, how: string): void {
    const name = this.#members.get(ears);
    if (this.#members.delete(ears)) this.#tell('*', `${name} ${how}`);
  }

  #tell(from: string, text: string): void {
    try {
      broadcast(this.#members.keys()).heard(from, text);
    } catch (error) {
      if (!(error instanceof BroadcastError)) throw error;
      for (const slow of error.failed.keys()) this.#gone(slow as RemoteObject<Ears>, 'does not listen');
    }
  }
}

/** All connections share the rooms. */
export class Chat extends Handler {
  static readonly #rooms = new Map<string, Room>();

  room(name: string): Room {
    const room = Chat.#rooms.get(name) ?? new Room();
    Chat.#rooms.set(name, room);
    return room;
  }
}
