import { startBoard } from './start-board.js';

const port = Number(process.argv[2] ?? 8080);
const { url, close } = await startBoard({ port });
console.log(`The board is at ${url} (open it twice). Ctrl-C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
