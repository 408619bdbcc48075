/** Two customers, one coupon, a budget for one of them: who gets it depends on how far you look. */
import { allocate, budgetLimit } from "../src/index.ts";

const problem = {
  customerIds: ["ann", "bob"],
  actions: ["nothing", "coupon"],
  short: Float64Array.of(0, 5, 0, 4), // (customers, actions), against doing nothing
  long: Float64Array.of(0, -3, 0, 6),
  cost: Float64Array.of(0, 2, 0, 2),
};

export async function whoGetsTheCoupon(balance: number): Promise<string[]> {
  const { choice } = await allocate(problem, { balance, limits: budgetLimit(problem, 2), explorationShare: 0 });
  return problem.customerIds.filter((_, customer) => choice[customer] === 1);
}
