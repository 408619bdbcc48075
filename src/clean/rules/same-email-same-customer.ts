import { literal } from "../../engine/sql/expression.ts";
import { from, namedTable } from "../../engine/sql/query.ts";
import { partnersByEmail } from "../identity.ts";
import type { Rule } from "../rule.ts";

/**
 * One e-mail address, several customer ids: a guest checkout, an account opened twice. They become the id that was
 * created first, and all that belongs to the others is theirs.
 */
export const sameEmailSameCustomer = {
  name: "same_email_same_customer",
  effect: "merged",
  async run(bench) {
    const partners = partnersByEmail(bench);
    const { customer_id, owner_id } = partners.columns;
    await bench.materialise(
      "cleaning_owners",
      from(partners).where(customer_id.differs(owner_id)).select({ customer_id, owner_id }),
    );
    // Report first what moves, by its own money, then the ids that are no customers any more.
    const moved = [];
    const owners = namedTable("cleaning_owners", { customer_id: "text", owner_id: "text" }, "o");
    for (const name of ["orders", "refunds", "events", "assignments", "exposures"] as const) {
      if (bench.rowsKept(name) === 0) continue;
      const rows = bench.unmerged(name, "r");
      const belongs = owners.columns.customer_id.equals(rows.columns.customer_id);
      moved.push(await bench.measure(name, from(rows).having(owners, belongs).select(rows.columns)));
    }
    const customers = await bench.setAside("customers", () => {
      const rows = bench.kept("customers", "r");
      return from(rows)
        .having(owners, owners.columns.customer_id.equals(rows.columns.customer_id))
        .select({ row_id: rows.columns.row_id, reason: literal("merged_into_same_customer") });
    });
    return [customers, ...moved];
  },
} as const satisfies Rule;
