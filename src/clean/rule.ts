import type { Bench } from "./bench.ts";
import type { Touched } from "./options.ts";

/**
 * One cleaning rule, as a merchant would say it. To add one: a file in `rules/` that exports a constant of this shape,
 * its settings in `runs/clean-config.ts`, and a line in `rules.ts`. A rule only ever sets rows aside with a reason,
 * joins identities, links or flags rows; amounts stay.
 */
export interface Rule<Name extends string = string> {
  readonly name: Name;
  /** What happens to the rows it finds, unless its settings say otherwise. */
  readonly effect: "set_aside" | "merged" | "not_goods" | "linked" | "flagged" | "dated";
  /** What comes later cannot do without it, so that it cannot be switched off. */
  readonly always?: true;
  run(bench: Bench): Promise<Touched[]>;
}
