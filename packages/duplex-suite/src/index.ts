export { type ChunkingCase, chunkingCorpus, everySplit, singleBytes } from './chunking-corpus.js';
export { type DuplexCapabilities, duplexSuite, type OpenedPair } from './duplex-suite.js';
export { type CloseEvent, Probe } from './probe.js';
export { quiet, until } from './until.js';
