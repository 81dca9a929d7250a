import type { Attachments, Duplex } from '@bjsonrpc/protocol';

/** Who of the two said something: who dialled the relay, or whom that dialled. */
export type Side = 'client' | 'server';

/** Sees what passes. */
export interface RelayEvents {
  message(from: Side, text: string, attachments: Attachments | undefined): void;
  /** Once. Who ended the connection, and what was wrong, if anything was. */
  end(by: Side, error: Error | undefined): void;
}

/** Passes on all that either says to the other, no faster than that one reads, until one of them ends. */
export function relay(
  { client, server }: { readonly client: Duplex; readonly server: Duplex },
  events: RelayEvents,
): void {
  let isOpen = true;
  const pass = (from: Duplex, { to, side }: { readonly to: Duplex; readonly side: Side }): void => {
    from.start({
      onMessage(text, attachments) {
        if (!isOpen) return;
        events.message(side, text, attachments);
        if (attachments && !to.carriesBytes)
          return from.close(new Error('bytes beside a message cannot be passed on by the other transport'));
        const room = to.send(text, attachments);
        if (!room) return;
        from.hold(true);
        void room.then(() => from.hold(false));
      },
      onClose(error) {
        to.close(); // what it has not been told yet is still written
        if (!isOpen) return;
        isOpen = false;
        events.end(side, error);
      },
    });
  };
  pass(client, { to: server, side: 'client' });
  pass(server, { to: client, side: 'server' });
}
