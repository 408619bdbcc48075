import { describe, expect, it } from "vitest";
import { parseAmount, parseLimit, parseRule } from "./limit-text.ts";

describe("limits and rules as text", () => {
  it("reads sums of columns, with factors and filters", () => {
    expect(parseLimit("margin = short - 0.1*revenue[segment=vip,gold][channel=email] >= -2e3")).toEqual({
      name: "margin",
      sense: "at_least",
      limit: -2000,
      terms: [
        { factor: 1, column: "short", where: [] },
        {
          factor: -0.1,
          column: "revenue",
          where: [
            { column: "segment", values: ["vip", "gold"] },
            { column: "channel", values: ["email"] },
          ],
        },
      ],
    });
    expect(parseLimit("邮件=触达[渠道=邮件]<=100")).toMatchObject({ name: "邮件", terms: [{ column: "触达" }] });
    expect(parseLimit("vip=cost[segment=vip]<=-5.5EUR")).toMatchObject({ limit: -5.5, currency: "EUR" });
    expect(parseAmount("5000 EUR")).toEqual({ limit: 5000, currency: "EUR" });
    expect([parseAmount("1e3"), parseAmount("5 euro"), parseAmount(" ")]).toEqual([
      { limit: 1000 },
      { limit: Number.NaN },
      { limit: Number.NaN },
    ]);
    expect(parseRule("*[segment=vip]")).toEqual({
      text: "*[segment=vip]",
      where: [{ column: "segment", values: ["vip"] }],
    });
  });

  it.each(["", "cost<=3", "a=<=3", "a=cost<=", "a=cost<=x", "a=cost cost<=3", "a=cost[segment]<=3", "a=3<=4"])(
    "refuses %j",
    (text) => {
      expect(() => parseLimit(text)).toThrow(/unreadable_limit/);
    },
  );
});
