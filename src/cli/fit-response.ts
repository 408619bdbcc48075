import { InputError } from "../base/errors.ts";
import { readNumbers } from "../lifetime/read-file.ts";
import { fitResponse } from "../plan/fit-response.ts";
import type { ResponseShape } from "../plan/response-shapes.ts";
import { responseLines } from "../report/response-text.ts";
import { type CommandContext, printResult } from "./options.ts";
import { withEngine } from "./with-engine.ts";

export interface FitResponseFlags {
  spend: string;
  outcome: string;
  shape: ResponseShape;
  carryOver: string;
}

/** `longrun plan fit-response FILE`: a lever's response curve from a table of spend and outcome. */
export async function fitResponseFile(context: CommandContext, file: string, flags: FitResponseFlags): Promise<void> {
  const carryOver = flags.carryOver === "fit" ? ("fit" as const) : share(flags.carryOver);
  const { spend, outcome } = flags;
  const table = await withEngine(context, (engine) => readNumbers(engine, file, { spend, outcome }));
  const fit = fitResponse(table, { shape: flags.shape, carryOver });
  printResult(context, fit, () => responseLines(fit, context.language));
}

/** Throws InputError `response_carry_over_invalid`. */
function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < 1)) {
    throw new InputError("response_carry_over_invalid", { value: text });
  }
  return value;
}
