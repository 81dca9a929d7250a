import type { Contender } from '../contender.js';
const cannot = (): never => {
  throw new Error('not there yet');
};
export const contender: Contender = { transport: 'ws', serve: cannot, connect: cannot };
