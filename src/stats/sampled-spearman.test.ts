import { expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { spearman } from "./ranking.ts";
import { sampledSpearman } from "./sampled-spearman.ts";

it("is Spearman's correlation of the rows drawn, ties and repeats included", () => {
  const random = createRandom("sampled-spearman");
  const rows = 60;
  const left = Float64Array.from({ length: rows }, () => random.integer(8) - 3.5);
  const right = left.map((value) => value + 4 * random.uniform());
  const sampled = sampledSpearman(left, right);
  for (let repetition = 0; repetition < 50; repetition++) {
    const sample = Int32Array.from({ length: repetition < 40 ? rows : 25 }, () => random.integer(rows));
    const pick = (values: Float64Array) => Array.from(sample, (row) => values[row]);
    expect(sampled(sample)).toBeCloseTo(spearman(pick(left), pick(right)), 12);
  }
  expect(sampled([3, 3, 3])).toBeNaN();
});
