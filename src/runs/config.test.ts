import { describe, expect, it } from "vitest";
import { describeError } from "../language/errors.ts";
import { checkConfig } from "./config.ts";

const refusal = (input: unknown) => {
  try {
    checkConfig(input);
  } catch (error) {
    return error as { code: string; details: Record<string, string> };
  }
  throw new Error("nothing was refused");
};

describe("the configuration of cleaning", () => {
  it("turns a rule on with its own settings, on with others, or off", () => {
    const { rules } = checkConfig({
      clean: {
        rules: { giant_orders_reversed: { withinMinutes: 5 }, wholesale_customers: false, refunds_linked: true },
      },
    }).clean;
    expect(rules.giant_orders_reversed).toEqual({ withinMinutes: 5, multiple: 20 });
    expect(rules.wholesale_customers).toBe(false);
    expect(rules.refunds_linked).toEqual({});
    expect(rules.later_cancellations).toEqual({ afterHours: 24 });
    expect(rules.exact_repeats).toBe(true);
  });

  it("refuses a rule that does not exist, with those that do; settings it does not have, with their place", () => {
    const { code, details } = refusal({ clean: { rules: { guest_orders: false } } });
    expect(code).toBe("unknown_rule");
    expect(describeError("en", code, details)).toMatch(/“guest_orders”.*exact_repeats, repeated_order_ids/);
    const setting = refusal({ clean: { rules: { giant_orders_reversed: { minutes: 5 } } } });
    expect(setting).toMatchObject({
      code: "unknown_setting",
      details: { setting: "clean.rules.giant_orders_reversed.minutes", known: ["withinMinutes", "multiple"] },
    });
    expect(refusal({ clean: { missing: { "orders.discount_minor": false } } }).code).toBe("unknown_setting");
  });

  it("refuses a time zone nobody keeps", () => {
    expect(refusal({ timezone: "Mars/Olympus" })).toMatchObject({
      code: "invalid_config",
      details: { option: "timezone" },
    });
    expect(checkConfig({ timezone: "Asia/Shanghai" }).timezone).toBe("Asia/Shanghai");
  });
});

describe("the configuration of the plan", () => {
  it("takes amounts as numbers or with their currency, and nothing else", () => {
    expect(checkConfig({ plan: { budget: "5000 EUR", minimumLong: -3 } }).plan).toMatchObject({
      budget: "5000 EUR",
      minimumLong: -3,
      limits: [],
    });
    for (const budget of ["much", "5000 euros", true]) {
      const { code, details } = refusal({ plan: { budget } });
      expect(code).toBe("invalid_config");
      expect(describeError("en", code, details)).toMatch(/plan\.budget.*neither a number nor an amount/);
    }
    for (const budget of [-1, "-1 EUR"]) expect(refusal({ plan: { budget } }).code).toBe("negative_budget");
  });

  it("takes stock, dates and limits per period, and says which setting inside them is wrong", () => {
    const stated = {
      budgetPerPeriod: { amount: "5000 EUR", days: 30 },
      stock: { gift: 500 },
      sendDates: { black_friday: { from: "2026-11-20" } },
      quietDates: ["2026-12-25"],
    };
    expect(checkConfig({ plan: stated }).plan).toMatchObject(stated);
    const wrong: [object, object][] = [
      [{ quietDates: ["25.12.2026"] }, { option: "plan.quietDates.0", value: '"25.12.2026"' }],
      [{ sendDates: { gift: { until: "2026-02-30" } } }, { option: "plan.sendDates.gift.until" }],
      [
        { sendDates: { gift: { till: "2026-02-20" } } },
        { setting: "plan.sendDates.gift.till", known: ["from", "until"] },
      ],
      [{ stock: { gift: 1.5 } }, { option: "plan.stock.gift", value: "1.5" }],
      [
        { budgetPerPeriod: { amount: 5, day: 3, days: 3 } },
        { setting: "plan.budgetPerPeriod.day", known: ["amount", "days"] },
      ],
      [
        { maximumContactsPerPeriod: { contacts: 5 } },
        { option: "plan.maximumContactsPerPeriod.days", value: "undefined" },
      ],
      [{ budgetPerPeriod: { amount: "-5 EUR", days: 3 } }, { budget: "-5 EUR" }],
    ];
    for (const [plan, details] of wrong) expect(refusal({ plan })).toMatchObject({ details });
  });
});
