import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";

/** The data have no dates. The day of the e-mails stands in for them: the day on which Kevin Hillstrom published the data. */
const sentAt = "TIMESTAMP '2008-03-20 00:00:00'";
const arms = { "No E-Mail": "none", "Mens E-Mail": "mens_email", "Womens E-Mail": "womens_email" } as const;

/**
 * Hillstrom's MineThatData e-mail challenge: 64,000 customers at random to three arms, each with a third. What they spent in
 * the two weeks after is an order at the end of these, when it was surely known. `history` and `recency` are sums of
 * earlier orders, which are not in the data.
 */
export const hillstrom: Preset = {
  name: "hillstrom",
  recognisedBy: [
    ["recency", "history_segment", "history", "zip_code", "newbie", "segment", "visit", "conversion", "spend"],
  ],
  read(context): PresetReading {
    const fields = new Fields(context);
    const customerId = "CAST(raw.line - 1 AS VARCHAR)";
    const cases = Object.entries(arms).map(([arm, id]) => `WHEN '${arm}' THEN '${id}'`);
    const treatment = fields.keep("treatment", `CASE raw."segment" ${cases.join(" ")} END`);
    fields.problem("missing_required", "segment", `${treatment} IS NULL`);
    const spend = fields.money("spend", "'USD'", { required: true });
    const spentAt = `${sentAt} + INTERVAL 14 DAY`;
    const id = (kind: string) => `'hillstrom-${kind}-' || ${customerId}`;
    return {
      table: "assignments",
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: [],
      money: { minor: spend, currency: "'USD'" },
      mappings: [
        { table: "customers", columns: { customer_id: customerId } },
        {
          table: "treatments",
          groupBy: [treatment],
          columns: {
            treatment_id: treatment,
            type: `CASE ${treatment} WHEN 'none' THEN 'none' ELSE 'message' END`,
            channel: `CASE WHEN ${treatment} <> 'none' THEN 'email' END`,
            is_personal_price: "false",
          },
        },
        {
          table: "assignments",
          columns: {
            assignment_id: id("assignment"),
            experiment_id: "'hillstrom'",
            customer_id: customerId,
            treatment_id: treatment,
            eligible_treatment_ids: `'${Object.values(arms).join(";")}'`,
            propensity: "CAST(1 AS DOUBLE) / 3",
            holdout: "'none'",
            assigned_at: sentAt,
          },
        },
        {
          table: "orders",
          where: `${spend} > 0`,
          columns: {
            order_id: id("order"),
            customer_id: customerId,
            ordered_at: spentAt,
            status: "'completed'",
            currency: "'USD'",
            items_gross_minor: spend,
            total_minor: spend,
          },
        },
      ],
    };
  },
};
