import { LastingClient } from '@bjsonrpc/peer/lasting';
import { ws } from '@bjsonrpc/transport-ws';
import type { Item, TodoApi } from '../todo/todo-api.js';
import { find } from './find.js';

const list = find('ul', HTMLUListElement);
const form = find('form', HTMLFormElement);
const input = find('input', HTMLInputElement);
const status = find('output', HTMLOutputElement);

const client = new LastingClient<TodoApi>(ws(new URL('rpc', location.href)));

async function draw(items: readonly Item[]): Promise<void> {
  list.replaceChildren(
    ...items.map(({ text }) => {
      const entry = document.createElement('li');
      entry.textContent = text;
      return entry;
    }),
  );
  status.value = `instance ${await client.call.instance()}`;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const item = { id: crypto.randomUUID(), text: input.value };
  input.value = '';
  status.value = 'adding …';
  await draw(await client.call.add(item));
});

await draw(await client.call.items());
