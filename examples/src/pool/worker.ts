// worker.ts: what each worker does, when it is asked
import { parentPort } from 'node:worker_threads';
import { createServer, Handler } from '@bjsonrpc/peer';
import { port } from '@bjsonrpc/transport-port';

export class Primes extends Handler {
  async count(from: number, to: number, tell: (done: number) => void): Promise<number> {
    let count = 0;
    for (let n = from; n < to; n++) {
      if (isPrime(n)) count++;
      if ((n + 1) % 10_000 === 0) await tell(10_000); // a function of the other thread
    }
    return count;
  }
}

function isPrime(n: number): boolean {
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false;
  return n > 1;
}

if (parentPort) await createServer(port(parentPort), () => new Primes());
