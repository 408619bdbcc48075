import type { AllocationProblem } from "../allocation/problem.ts";
import { millisecondsPerDay } from "../base/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { redemptionsOf } from "../panel/offers.ts";
import { openTable } from "../runs/artifact.ts";
import type { Row } from "./row.ts";
import type { SegmentInput } from "./segments.ts";
import { type StatedLimits, stockName } from "./stated-limits.ts";

export interface StockInput extends SegmentInput {
  readonly engine: Engine;
  readonly shortHorizonDays: number;
}

/** With fewer logged decisions for an offer, its redemptions say too little: every customer who gets it counts as a unit. */
const fewestDecisions = 100;

/**
 * A limit for each stock that is not empty. Where the log has redemptions of the offer, by decisions at least the short horizon
 * old, a customer takes as many units as one decision brought redemptions on average, times expected orders ÷ those of the
 * average customer who may get it: who orders more redeems more. Elsewhere everybody who gets the offer takes one.
 */
export async function stockRows(
  problem: AllocationProblem,
  stock: StatedLimits["stock"],
  input: StockInput,
): Promise<Row[]> {
  const stocked = Object.entries(stock).filter(([, units]) => units > 0);
  if (stocked.length === 0) return [];
  const { engine, cleaned, featured, shortHorizonDays } = input;
  const { asOf } = featured.values;
  const decidedBefore = asOf - shortHorizonDays * millisecondsPerDay;
  const logged = await redemptionsOf(engine, cleaned, { decidedBefore, knownBefore: asOf });
  const orders = await expectedOrders(problem, input);
  return stocked.map(([action, units]) => {
    const { decisions, redemptions } = logged.get(action) ?? { decisions: 0, redemptions: 0 };
    const isKnown = decisions >= fewestDecisions && redemptions > 0;
    const perOffer = isKnown ? redemptions / decisions : 1;
    const index = problem.actions.indexOf(action);
    return {
      limit: {
        name: stockName(action),
        sense: "at_most",
        limit: units,
        weight: unitsTaken(problem, index, perOffer, isKnown ? orders : undefined),
      },
      meaning: { counts: true, stock: { action, ...(isKnown && { redemptionsPerOffer: perOffer, decisions }) } },
      rule: {
        terms: [{ factor: perOffer, column: "contacts", actions: problem.actions.map((_, at) => at === index) }],
        ofSegments: false,
      },
    };
  });
}

/** Units each customer takes of what one action gives away: alike, or in proportion to `orders` with the same mean. */
function unitsTaken(
  { customerIds, actions, eligible }: AllocationProblem,
  action: number,
  perOffer: number,
  orders?: Float64Array, // (customers)
): Float64Array {
  const width = actions.length;
  let sum = 0;
  let reached = 0;
  for (let customer = 0; customer < customerIds.length; customer++) {
    if (eligible?.[customer * width + action] === 0) continue;
    sum += orders?.[customer] ?? 1;
    reached++;
  }
  const weight = new Float64Array(customerIds.length * width); // (customers, actions)
  for (let customer = 0; customer < customerIds.length; customer++) {
    const share = orders && sum > 0 ? (orders[customer] * reached) / sum : 1;
    weight[customer * width + action] = perOffer * share;
  }
  return weight;
}

/** Orders each customer is expected to make inside the short horizon, or the nearest that the history proves. */
async function expectedOrders(
  { customerIds }: AllocationProblem,
  { engine, predicted, featured, shortHorizonDays }: StockInput,
): Promise<Float64Array> {
  const distance = (days: number) => Math.abs(days - shortHorizonDays);
  const [nearest] = [...featured.values.horizonsDays].sort((a, b) => distance(a) - distance(b));
  const column = `orders_${nearest}d`;
  const types = { customer_id: "text", [column]: "double" } as const;
  const p = namedTable(await openTable(engine, predicted, "predictions"), types, "p");
  const { texts, numbers } = await engine.collect(from(p).select(p.columns));
  const byCustomer = new Map(texts.customer_id.map((id, row) => [id, numbers[column][row]]));
  return Float64Array.from(customerIds, (id) => byCustomer.get(id) ?? 0); // (customers)
}
