import { callDrivers } from './call-drivers.ts';
import { callbackDrivers } from './callback-drivers.ts';
import type { Driver } from './driver.ts';
import { objectDrivers } from './object-drivers.ts';

/** The programs of all sessions in which the client was the library, by session. */
export const drivers: ReadonlyMap<string, Driver> = new Map([
  ...Object.entries(callDrivers),
  ...Object.entries(objectDrivers),
  ...Object.entries(callbackDrivers),
]);
