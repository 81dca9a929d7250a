export type { Clock } from './clock.js';
export { resumable } from './resumable.js';
export type { FailedAttempt, ResumableOptions, SessionChange } from './resumable-options.js';
export { type LostReason, SessionLostError } from './session-lost-error.js';
export { platformWake } from './wake.js';
