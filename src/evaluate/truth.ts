import type { Progress } from "../base/progress.ts";
import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { TruthPolicy } from "../schema/summary.ts";
import { type ReplayValues, replayValues } from "../simulate/replay.ts";
import { type ShopOptions, simulateShop } from "../simulate/shop.ts";
import { solveMultipleChoiceKnapsack } from "../solvers/multiple-choice-knapsack.ts";

export interface ReplaySettings {
  shortHorizonDays: number;
  clvHorizonDays: number;
  annualDiscountRate: number;
}

/** The replay books expected orders, so few futures suffice; they differ in the shop-wide noise only. */
const replicates = 8;

const types = {
  customer_id: "text",
  action: "text",
  propensity: "double",
  propensity_greedy: "double",
  propensity_far_sighted: "double",
} as const;

/**
 * What each policy really earns in a simulated shop: every customer's next year is lived under every action, with the same
 * random numbers, and averaged over the futures; a policy's value is the sum over its propensities, less that of nothing.
 */
export async function truth(
  engine: Engine,
  planned: Artifact,
  simulation: ShopOptions,
  settings: ReplaySettings,
  progress: Progress,
): Promise<{ policies: TruthPolicy[]; replicates: number }> {
  const shop = simulateShop(simulation);
  const values = replayValues(shop, {
    ...settings,
    replicates,
    seed: `${simulation.seed}/judge`,
    onCustomer: (done, total) => progress.report(done, total),
  });
  const p = namedTable(await openTable(engine, planned, "plan_actions", types), types, "p");
  const plan = await engine.collect(from(p).select(p.columns).orderBy(p.columns.customer_id, p.columns.action));
  const propensities = (column: "propensity" | "propensity_greedy" | "propensity_far_sighted") => {
    const matrix = certainlyNothing(values);
    const customers = indexOf(values.customerIds);
    const actions = indexOf(values.actions);
    for (let row = 0; row < plan.rows; row++) {
      const customer = customers.get(plan.texts.customer_id[row] as string);
      const action = actions.get(plan.texts.action[row] as string);
      if (customer === undefined || action === undefined) continue;
      matrix[customer * values.actions.length + action] = plan.numbers[column][row];
    }
    return matrix;
  };

  const planValue = earned("plan", propensities("propensity"), values);
  const everyone = earned("everyone", everybodyGets("small_coupon", values), values);
  const share = everyone.cost > 0 ? Math.min(1, planValue.cost / everyone.cost) : 1;
  return {
    replicates,
    policies: [
      { name: "nobody", short: 0, long: 0, total: 0, cost: 0 },
      everyone,
      // Drawn at random to the plan's budget: in expectation the same share of everything.
      {
        name: "everyoneSameBudget",
        short: share * everyone.short,
        long: share * everyone.long,
        total: share * everyone.total,
        cost: share * everyone.cost,
      },
      earned("greedy", propensities("propensity_greedy"), values),
      planValue,
      earned("farSighted", propensities("propensity_far_sighted"), values),
      earned("oracle", oraclePolicy(values, planValue.cost), values),
    ],
  };
}

function indexOf(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

function certainlyNothing({ customerIds, actions }: ReplayValues): Float64Array {
  const matrix = new Float64Array(customerIds.length * actions.length);
  for (let customer = 0; customer < customerIds.length; customer++) matrix[customer * actions.length] = 1;
  return matrix;
}

/** For all whom the shop may reach: a recent order and consent. */
function everybodyGets(action: string, values: ReplayValues): Float64Array {
  const matrix = certainlyNothing(values);
  const width = values.actions.length;
  const column = values.actions.indexOf(action);
  for (let row = 0; row < matrix.length; row += width) {
    if (values.eligible[row + column] === 0) continue;
    matrix[row] = 0;
    matrix[row + column] = 1;
  }
  return matrix;
}

function oraclePolicy(known: ReplayValues, budget: number): Float64Array {
  const items = known.customerIds.length;
  const choices = known.actions.length;
  const value = new Float64Array(items * choices);
  for (let at = 0; at < value.length; at++) {
    const nothing = Math.floor(at / choices) * choices;
    value[at] = known.short[at] + known.long[at] - known.short[nothing] - known.long[nothing];
  }
  const { choice } = solveMultipleChoiceKnapsack(
    { items, choices, value, cost: known.cost, eligible: known.eligible },
    Math.max(0, budget),
  );
  const matrix = new Float64Array(items * choices);
  for (let item = 0; item < items; item++) matrix[item * choices + choice[item]] = 1;
  return matrix;
}

function earned(name: TruthPolicy["name"], propensities: Float64Array, values: ReplayValues): TruthPolicy {
  const actions = values.actions.length;
  let short = 0;
  let long = 0;
  let cost = 0;
  for (let at = 0; at < propensities.length; at++) {
    const nothing = Math.floor(at / actions) * actions;
    short += propensities[at] * (values.short[at] - values.short[nothing]);
    long += propensities[at] * (values.long[at] - values.long[nothing]);
    cost += propensities[at] * values.cost[at];
  }
  return { name, short, long, total: short + long, cost };
}
