import { createRandom } from "../base/random.ts";
import type { AllocationProblem } from "./problem.ts";

export const actions = ["nothing", "coupon", "gift", "message"];
const width = actions.length;

/** Customers with noisy effects of three offers, each of which a customer may get with chance `eligibleShare`. */
export function shop(customers: number, seed: string, eligibleShare: number): AllocationProblem {
  const random = createRandom(seed);
  const draw = (scale: number, shift: number) =>
    Float64Array.from({ length: customers * width }, (_, at) =>
      at % width === 0 ? 0 : shift + scale * random.normal(),
    );
  return {
    customerIds: Array.from({ length: customers }, (_, index) => `c${index}`),
    actions,
    short: draw(2, 0.3),
    long: draw(3, 0.2),
    cost: draw(1, 2).map(Math.abs),
    eligible: Uint8Array.from({ length: customers * width }, () => Number(random.uniform() < eligibleShare)),
  };
}
