import { InputError } from "../base/errors.ts";
import type { Answers, Preset } from "./preset.ts";
import { presets } from "./presets/index.ts";

/** Refuses answers to questions that no preset asks. Throws InputError "unknown_answer". */
export function refuseUnknownAnswers(stated: Readonly<Record<string, Answers>> = {}): void {
  for (const [name, answers] of Object.entries(stated)) {
    const questions = presets.find((preset) => preset.name === name)?.questions ?? {};
    for (const [question, answer] of Object.entries(answers)) {
      const known = questions[question] ?? Object.keys(questions);
      if (!known.includes(answer)) throw new InputError("unknown_answer", { preset: name, question, answer, known });
    }
  }
}

/** What the shop said to a preset's questions; the first of the possible answers, the safe one, stands in where it said nothing. */
export function answersFor(
  { name, questions = {} }: Preset,
  stated: Readonly<Record<string, Answers>> = {},
): { answers: Answers; assumed?: Answers } {
  const open = Object.entries(questions).filter(([question]) => stated[name]?.[question] === undefined);
  const assumed = Object.fromEntries(open.map(([question, [safe]]) => [question, safe]));
  return { answers: { ...stated[name], ...assumed }, assumed: open.length > 0 ? assumed : undefined };
}
