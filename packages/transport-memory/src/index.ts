export { badWeather, type Fault, type WeatherOptions } from './bad-weather.js';
export { memory } from './memory.js';
export type { MemoryNetwork, Way } from './memory-network.js';
export type { MemoryOptions } from './memory-options.js';
export { memoryPair } from './memory-pair.js';
export { seeded } from './seeded.js';
export { type Clock, VirtualClock } from './virtual-clock.js';
