/**
 * Works on the items side by side, `lanes` at a time; results in the order of the items. Once every lane has come to its end,
 * the first failure is thrown.
 */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, items.length) }, lane));
  const failed = ended.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  return results;
}
