import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { type ConflictCustomer, quadrants, type RelationSummary } from "../schema/relation.ts";
import { averageRanks } from "../stats/ranking.ts";
import type { Placed } from "./relation.ts";

/** The likeliest action of each planned customer under the plan of balance 0 and that of balance 1. */
export interface ChosenActions {
  readonly actions: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  readonly greedy: Uint16Array; // (planned customers), indices into `actions`
  readonly farSighted: Uint16Array;
}

/** Customers of each list. */
const mostListed = 5;

/** Where looking at the short term and looking at the whole lifetime lead to different customers, or to different actions for them. */
export function conflictOf(
  { customerIds, short, clv, quadrant }: Placed,
  upperShare: number,
  chosen?: ChosenActions,
): RelationSummary["conflict"] {
  const total = customerIds.length;
  // 1 is the highest.
  const [shortRank, clvRank] = [short, clv].map((values) => averageRanks(values).map((rank) => total + 1 - rank));
  const upper = upperShare * total;
  const rows = Array.from(customerIds.keys());
  const candidates = rows.filter((row) => shortRank[row] <= upper || clvRank[row] <= upper);
  const shared = candidates.filter((row) => shortRank[row] <= upper && clvRank[row] <= upper).length;
  const upperRows = candidates.filter((row) => shortRank[row] <= upper).length;
  const disagreement = (row: number) => clvRank[row] - shortRank[row];
  candidates.sort((a, b) => disagreement(b) - disagreement(a) || a - b);
  const customer = (row: number): ConflictCustomer => {
    const planned = chosen?.rowOf.get(customerIds[row]);
    return {
      customerId: customerIds[row],
      quadrant: quadrants[quadrant[row]],
      short: short[row],
      clv: clv[row],
      shortRank: shortRank[row],
      clvRank: clvRank[row],
      ...(chosen && planned !== undefined
        ? {
            greedy: chosen.actions[chosen.greedy[planned]],
            farSighted: chosen.actions[chosen.farSighted[planned]],
          }
        : {}),
    };
  };
  return {
    sharedUpper: upperRows > 0 ? shared / upperRows : 1,
    overrated: candidates
      .slice(0, mostListed)
      .filter((row) => disagreement(row) > 0)
      .map(customer),
    underrated: candidates
      .slice(-mostListed)
      .reverse()
      .filter((row) => disagreement(row) < 0)
      .map(customer),
    plans: chosen && planConflict(chosen),
  };
}

function planConflict({ actions, greedy, farSighted }: ChosenActions): RelationSummary["conflict"]["plans"] {
  const counts = new Int32Array(actions.length * actions.length);
  greedy.forEach((action, row) => {
    counts[action * actions.length + farSighted[row]]++;
  });
  const choices = Array.from(counts, (customers, at) => ({
    greedy: actions[Math.floor(at / actions.length)],
    farSighted: actions[at % actions.length],
    customers,
  })).filter((choice) => choice.customers > 0 && choice.greedy !== choice.farSighted);
  choices.sort((a, b) => b.customers - a.customers);
  return {
    customers: greedy.length,
    differing: choices.reduce((sum, { customers }) => sum + customers, 0),
    choices,
  };
}

/** Reads both plans' likeliest actions from the written plan; undefined where there is none. */
export async function readChosenActions(engine: Engine, planned: Artifact): Promise<ChosenActions | undefined> {
  if (!planned.has("plan_actions")) return undefined;
  const types = {
    customer_id: "text",
    action: "text",
    propensity_greedy: "double",
    propensity_far_sighted: "double",
  } as const;
  const p = namedTable(await openTable(engine, planned, "plan_actions", types), types, "p");
  const { rows, texts, numbers } = await engine.collect(
    from(p).select(p.columns).orderBy(p.columns.customer_id, p.columns.action),
  );
  const ids = texts.customer_id as string[];
  const actions = [...new Set(texts.action as string[])];
  const indexOf = new Map(actions.map((action, index) => [action, index]));
  const rowOf = new Map<string, number>();
  for (const id of ids) if (!rowOf.has(id)) rowOf.set(id, rowOf.size);
  const likeliest = (propensity: Float64Array) => {
    const chosen = new Uint16Array(rowOf.size);
    const largest = new Float64Array(rowOf.size);
    for (let row = 0; row < rows; row++) {
      const customer = rowOf.get(ids[row]) as number;
      if (propensity[row] <= largest[customer]) continue;
      largest[customer] = propensity[row];
      chosen[customer] = indexOf.get(texts.action[row] as string) as number;
    }
    return chosen;
  };
  return {
    actions,
    rowOf,
    greedy: likeliest(numbers.propensity_greedy),
    farSighted: likeliest(numbers.propensity_far_sighted),
  };
}
