import { expect, it } from "vitest";
import { textTable } from "./text-table.ts";

it("lines columns up, words to the left and numbers to the right, Chinese counted as two columns", () => {
  const columns = [{ header: "优惠" }, { header: "顾客数", align: "right" as const }, { header: "mark" }];
  expect(
    textTable(columns, [
      ["小额优惠券", "44", "x"],
      ["ad", "1,172", ""],
    ]),
  ).toEqual(["优惠        顾客数  mark", "──────────  ──────  ────", "小额优惠券      44  x", "ad           1,172"]);
});
