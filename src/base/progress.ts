/** What a stage says while it works. Doors decide how to show it; tests collect or ignore it. */
export interface Progress {
  /** `done` of `total` units of work; call as often as you like. */
  report(done: number, total: number, what?: string): void;
  /** A sentence worth keeping, by catalogue key. */
  note(key: string, values?: Readonly<Record<string, string | number>>): void;
}

export const silentProgress: Progress = { report: () => {}, note: () => {} };
