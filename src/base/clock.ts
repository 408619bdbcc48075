/** Time is passed in: nothing outside this file asks the machine what time it is. */
export interface Clock {
  /** Wall-clock now, in milliseconds since 1970 UTC. */
  now(): number;
  /** A monotonic counter in milliseconds, for durations. */
  elapsedMs(): number;
}

export const systemClock: Clock = { now: () => Date.now(), elapsedMs: () => performance.now() };

export const millisecondsPerDay = 86_400_000;
