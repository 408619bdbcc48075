import { InputError } from "../base/errors.ts";
import { type Expression, instant, literal, missing } from "../engine/sql/expression.ts";
import { choose, concatenate, count, minimum, rowNumber, smaller } from "../engine/sql/functions.ts";
import { from, namedTable, type Query } from "../engine/sql/query.ts";
import { type Bench, marks, merges, mergesTable, ownersTable } from "./bench.ts";
import type { Touched } from "./options.ts";
import { allRows } from "./work-tables.ts";

const mergedReason = "merged_into_same_customer";
type IdentityRule = "same_email_same_customer" | "same_phone_same_customer";

const nodesTable = "cleaning_identity_nodes";
/** `seniority` numbers the ids, the oldest first; `oldest` is the smallest number that is known to be the same person. */
const nodeTypes = { customer_id: "text", seniority: "integer", oldest: "integer" } as const;
const nodes = (alias: string) => namedTable(nodesTable, nodeTypes, alias);

/**
 * Merges the customer ids that share a contact hash into the oldest of them, and says what moved. Merges of earlier
 * rules count too: who shares an e-mail with one and a telephone with another joins all three, and the oldest id of all
 * is the customer's.
 */
export async function mergeIdentities(
  bench: Bench,
  rule: IdentityRule,
  contact: "email_hmac" | "phone_hmac",
): Promise<Touched[]> {
  const old = merges("old");
  const found = sharedContacts(bench, rule, contact);
  await bench.materialise("cleaning_merges_so_far", from(old).select(old.columns).followedBy(found));
  const all = namedTable("cleaning_merges_so_far", old.types, "all");
  await bench.materialise(mergesTable, from(all).select(all.columns));
  await findOwners(bench);
  return reportMoved(bench);
}

/** Refuses to take apart a merge that no rule has made. */
export async function requireKnownMerges(bench: Bench): Promise<void> {
  const m = merges("m");
  for (const merge of bench.options.undoneMerges) {
    const found = await bench.engine.collect(from(m).where(m.columns.merge_id.equals(merge)).select({ rows: count() }));
    if (found.numbers.rows[0] === 0) throw new InputError("unknown_merge", { merge });
  }
}

/** One merge for every id but the oldest of those with the same contact. */
function sharedContacts(bench: Bench, rule: IdentityRule, contact: "email_hmac" | "phone_hmac") {
  const { largestGroup } = bench.settings(rule);
  const c = people();
  const hash = c.columns[contact];
  const grouped = from(c)
    .where(hash.isNotNull())
    .select({
      hash,
      customer_id: c.columns.customer_id,
      created_at: c.columns.created_at,
      size: count().within([hash]),
      place: rowNumber([hash], [c.columns.created_at.ascending(), c.columns.customer_id.ascending()]),
    });
  const each = grouped.as("each");
  const first = grouped.as("first");
  const [one, other] = [first.columns, each.columns];
  // The id of a merge survives when an older id turns up and the ids are merged into that one instead.
  const id = concatenate(rule === "same_email_same_customer" ? "email:" : "phone:", other.customer_id);
  const isUndone = id.isAmong(bench.options.undoneMerges);
  return from(each)
    .join(first, one.hash.equals(other.hash).and(one.place.equals(1)))
    .where(other.place.above(1), other.size.atMost(largestGroup))
    .select({
      merge_id: id,
      from_customer_id: other.customer_id,
      into_customer_id: one.customer_id,
      rule: literal(rule),
      merged_at: laterOf(one.created_at, other.created_at),
      // Data have no other clock than their own: a merge is undone as of the newest order.
      undone_at: choose([[isUndone, instant(bench.dataEnd)]], missing("timestamp")),
    });
}

function laterOf(a: Expression<"timestamp">, b: Expression<"timestamp">): Expression<"timestamp"> {
  return choose(
    [
      [a.isNull().or(b.isNull()), missing("timestamp")],
      [a.above(b), a],
    ],
    b,
  );
}

/** Customers who are nothing worse than merged. */
function people() {
  const c = allRows("customers", "c");
  const m = marks("customers", "m");
  const elsewhere = m.columns.row_id.equals(c.columns.row_id).and(m.columns.reason.differs(mergedReason));
  return from(c).without(m, elsewhere).select(c.columns).as("person");
}

/** Follows the merges that hold to the oldest id of each person, whatever the chain, and writes `owners`. */
async function findOwners(bench: Bench): Promise<void> {
  const m = merges("m");
  const [a, b] = [m.columns.from_customer_id, m.columns.into_customer_id];
  const holds = m.columns.undone_at.isNull();
  const links = from(m)
    .where(holds)
    .select({ customer_id: a, other_id: b })
    .followedBy(from(m).where(holds).select({ customer_id: b, other_id: a }));
  await bench.materialise("cleaning_identity_links", links);
  const link = namedTable("cleaning_identity_links", { customer_id: "text", other_id: "text" } as const, "link");
  const p = people();
  const { customer_id, created_at } = p.columns;
  const seniority = rowNumber([], [created_at.ascending(), customer_id.ascending()]);
  await bench.materialise(
    nodesTable,
    from(p)
      .having(link, link.columns.customer_id.equals(customer_id))
      .select({ customer_id, seniority, oldest: seniority }),
  );
  const n = nodes("n");
  const neighbour = nodes("neighbour");
  // Each round hands the oldest known id one link further; real chains have two or three links.
  for (let changed = 1; changed > 0; ) {
    const best = from(link)
      .join(neighbour, neighbour.columns.customer_id.equals(link.columns.other_id))
      .groupBy(link.columns.customer_id)
      .select({ customer_id: link.columns.customer_id, oldest: minimum(neighbour.columns.oldest) })
      .as("best");
    const oldest = smaller(n.columns.oldest, best.columns.oldest);
    const next = from(n)
      .join(best, best.columns.customer_id.equals(n.columns.customer_id))
      .select({ customer_id: n.columns.customer_id, seniority: n.columns.seniority, oldest });
    const moved = next.where(oldest.below(n.columns.oldest)).as("moved");
    changed = (await bench.engine.collect(from(moved).select({ rows: count() }))).numbers.rows[0];
    await bench.materialise("cleaning_identity_next", next);
    const copy = namedTable("cleaning_identity_next", nodeTypes, "copy");
    await bench.materialise(nodesTable, from(copy).select(copy.columns));
  }
  const root = nodes("root");
  await bench.materialise(
    ownersTable,
    from(n)
      .join(root, root.columns.seniority.equals(n.columns.oldest))
      .where(n.columns.oldest.below(n.columns.seniority))
      .select({ customer_id: n.columns.customer_id, owner_id: root.columns.customer_id }),
  );
}

/** What belongs to ids that are no customers any more, by its own money, then these ids. */
async function reportMoved(bench: Bench): Promise<Touched[]> {
  await bench.materialise("cleaning_moving_ids", movingIds(bench));
  const ids = namedTable("cleaning_moving_ids", { customer_id: "text" } as const, "moving");
  const moved: Touched[] = [];
  for (const name of ["orders", "refunds", "events", "assignments", "exposures"] as const) {
    if (bench.rowsKept(name) === 0) continue;
    const rows = bench.unmerged(name, "r");
    const belongs = ids.columns.customer_id.equals(rows.columns.customer_id);
    moved.push(await bench.measure(name, from(rows).having(ids, belongs).select(rows.columns)));
  }
  const customers = await bench.setAside("customers", () => {
    const rows = bench.unmerged("customers", "r");
    return from(rows)
      .having(ids, ids.columns.customer_id.equals(rows.columns.customer_id))
      .select({ row_id: rows.columns.row_id, reason: literal(mergedReason) });
  });
  return [customers, ...moved];
}

/** Ids that have an owner now and have not been set aside for it yet. */
function movingIds(bench: Bench) {
  const o = namedTable(ownersTable, { customer_id: "text", owner_id: "text" } as const, "o");
  const c = bench.unmerged("customers", "c");
  return from(o)
    .having(c, c.columns.customer_id.equals(o.columns.customer_id))
    .select({ customer_id: o.columns.customer_id }) as unknown as Query;
}
