export { burstSuite } from './burst-suite.js';
export { type ChunkingCase, chunkingCorpus, everySplit, singleBytes } from './chunking-corpus.js';
export { duplexSuite, type OpenedPair } from './duplex-suite.js';
export { type CloseEvent, Probe } from './probe.js';
export type { DuplexCapabilities, PairOptions } from './rules.js';
export { quiet, until } from './until.js';
