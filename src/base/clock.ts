/** Time is passed in: nothing outside this file asks the machine what time it is. */
export interface Clock {
  /** Wall-clock now, in milliseconds since 1970 UTC. */
  now(): number;
  /** A monotonic counter in milliseconds, for durations. */
  elapsedMs(): number;
}

export const systemClock: Clock = { now: () => Date.now(), elapsedMs: () => performance.now() };

export const millisecondsPerDay = 86_400_000;

/** The UTC date of an instant, 2024-12-31. */
export function isoDate(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
