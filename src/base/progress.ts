/** What a stage says while it works. Doors decide how to show it; tests collect or ignore it. */
export interface Progress {
  /**
   * `done` of `total` units of work, fractions allowed; call as often as you like. `losses`: where something learns, its
   * validation losses so far.
   */
  report(done: number, total: number, losses?: readonly number[]): void;
}

export const silentProgress: Progress = { report: () => {} };

/**
 * One part of a longer work, as the stretch between two shares of the whole: where the part runs from 0.4 to 0.8, half of
 * the part is 0.6 of the whole. The shares are the time the parts usually take, so that the time left is about right.
 */
export function part(whole: Progress, from: number, to: number): Progress {
  return { report: (done, total, losses) => whole.report(from + (to - from) * (done / total), 1, losses) };
}

/** Parts of a longer work that go on at the same time, each with the share of the whole that it takes. */
export function sideBySide(whole: Progress, shares: readonly number[]): Progress[] {
  const done = shares.map(() => 0);
  return shares.map((share, index) => ({
    report: (own, total, losses) => {
      done[index] = (share * own) / total;
      whole.report(
        done.reduce((sum, each) => sum + each, 0),
        1,
        losses,
      );
    },
  }));
}
