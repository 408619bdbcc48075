import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lbfgsb } from "./lbfgsb.ts";

it("the example of docs/methods/solvers.md prints what it says", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/methods/solvers.md"), "utf8");
  const [, code] = page.match(/```ts\nimport \{ lbfgsb \} from "longrun";\n([\s\S]*?)```/) as RegExpMatchArray;
  const printed: unknown[] = [];
  new Function("lbfgsb", "console", code)(lbfgsb, { log: (...values: unknown[]) => printed.push(...values) });
  expect(printed).toEqual(["converged", [0.5, 0.25]]);
});
