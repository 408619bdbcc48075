import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isoDate, millisecondsPerDay } from "../base/clock.ts";
import { asRule, heldBackOn } from "./held-back.ts";

const nothingStated = { sendDates: {}, quietDates: [], stock: {} };
const offers = ["gift", "mail"];
const dayAt = (index: number) => isoDate(Date.UTC(2024, 1, 20) + index * millisecondsPerDay);

describe("what a day holds back", () => {
  it("is an offer before its first and after its last day, both of which are days to send", () => {
    const day = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(day, fc.option(day), fc.option(day), (today, from, until) => {
        fc.pre(from === null || until === null || from <= until);
        const dates = { ...(from !== null && { from: dayAt(from) }), ...(until !== null && { until: dayAt(until) }) };
        const held = heldBackOn(dayAt(today), { ...nothingStated, sendDates: { gift: dates } }, offers);
        if (from !== null && today < from)
          expect(held).toEqual([{ action: "gift", reason: "not_yet", date: dayAt(from) }]);
        else if (until !== null && today > until)
          expect(held).toEqual([{ action: "gift", reason: "no_longer", date: dayAt(until) }]);
        else expect(held).toEqual([]);
      }),
    );
  });

  it("is everything on a quiet day, and what there is none of; each as a rule in the configuration's words", () => {
    const stated = { sendDates: { mail: { from: "2024-12-27" } }, quietDates: ["2024-12-25"], stock: { gift: 0 } };
    const held = heldBackOn("2024-12-25", stated, offers);
    expect(held.map(asRule)).toEqual([
      { text: "*[quietDate=2024-12-25]", where: [] },
      { text: "mail[from=2024-12-27]", where: [], action: "mail" },
      { text: "gift[stock=0]", where: [], action: "gift" },
    ]);
    expect(heldBackOn("2024-12-27", { ...stated, stock: { gift: 1 } }, offers)).toEqual([]);
  });

  it.each([{ sendDates: { gfit: {} } }, { stock: { gfit: 3 } }])("names only offers there are: %j", (some) => {
    expect(() => heldBackOn("2024-12-25", { ...nothingStated, ...some }, offers)).toThrow(
      /unknown_action.*gfit.*gift.*mail/,
    );
  });
});
