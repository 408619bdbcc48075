import type { Language } from "../../language/catalogue.ts";
import type { Finding, LifetimeModel } from "../../schema/lifetime-model.ts";
import { textTable } from "../text-table.ts";
import { unknown, wordsOf } from "./words.ts";

type LifetimeModelOfDay = LifetimeModel & { readonly asOf: string };

/** Which lifetime model each day had, and in plain words why the ones before it in the order were not used. */
export function lifetimeModelLines(
  models: readonly LifetimeModelOfDay[],
  { language, currency }: { language: Language; currency?: string },
): string[] {
  const { say, name, number, list, left, right } = wordsOf(language);
  const nameOfModel = (model: string) => name("model", model);
  const rows = models.map(({ asOf, customers, purchases, value, setAside }) => [
    asOf,
    number(customers),
    purchases ? nameOfModel(purchases.model) : unknown,
    nameOfModel(value.model),
    setAside.length > 0 ? list(setAside.map(({ model }) => nameOfModel(model))) : unknown,
  ]);
  const columns = [
    left("column_known_until"),
    right("column_customers"),
    left("column_purchase_model"),
    left("column_value_model"),
    left("column_set_aside_models"),
  ];
  const notes = models.flatMap((model) => [
    ...fallBackSentences(model, language),
    ...doubtsOf(model).map(({ code, details }) =>
      say(`diagnostic_${code}` as Parameters<typeof say>[0], rounded(details, language)),
    ),
  ]);
  const today = models.at(-1);
  const netted = today ? nettedLine(today, { language, currency }) : [];
  return [say("show_lifetime_models"), "", ...textTable(columns, rows), "", ...new Set(notes), ...netted];
}

/** The models in a sentence or two each, days with the same story together: what is used, what was set aside before it and why. */
export function lifetimeModelSentences(models: readonly LifetimeModelOfDay[], language: Language): string[] {
  const { say, name, list } = wordsOf(language);
  const stories = new Map<string, LifetimeModelOfDay[]>();
  for (const model of models) {
    const story = [model.purchases?.model, model.value.model, ...fallBackSentences(model, language)].join(" ");
    stories.set(story, [...(stories.get(story) ?? []), model]);
  }
  return [...stories.values()].map((alike) => {
    const [{ purchases, value }] = alike;
    const days = list(alike.map(({ asOf }) => asOf));
    const used = purchases
      ? say("lifetime_used", { days, model: name("model", purchases.model), value: name("model", value.model) })
      : say("lifetime_none", { days });
    return [used, ...fallBackSentences(alike[0], language)].join(language === "zh-CN" ? "" : " ");
  });
}

/** One sentence for all models that were set aside for the same reason, and what the last resort takes for granted. */
function fallBackSentences({ purchases, setAside }: LifetimeModel, language: Language): string[] {
  const { say, name, list } = wordsOf(language);
  const byReason = new Map<string, string[]>();
  for (const { model, reasons } of setAside) {
    const [{ code, details }] = reasons;
    const reason = say(`set_aside_${code}`, rounded(details, language));
    byReason.set(reason, [...(byReason.get(reason) ?? []), name("model", model)]);
  }
  const sentences = [...byReason].map(([reason, models]) =>
    say("lifetime_set_aside", { models: list(models), reason }),
  );
  return purchases?.model === "nbd" ? [...sentences, say("lifetime_nbd")] : sentences;
}

function doubtsOf({ purchases, value }: LifetimeModel): readonly Finding[] {
  // Those netted away have a sentence of their own, with the money.
  return [...(purchases?.diagnostics ?? []), ...value.diagnostics].filter(
    ({ code }) => code !== "zero_values_left_out",
  );
}

function nettedLine(
  { nettedAway: { customers, value } }: LifetimeModel,
  { language, currency }: { language: Language; currency?: string },
): string[] {
  if (customers === 0) return [];
  const { say, money, number } = wordsOf(language, currency);
  return [say("lifetime_netted", { customers: number(customers), value: money(value) })];
}

function rounded(details: Finding["details"], language: Language): Record<string, string | number> {
  const { number } = wordsOf(language);
  const format = (value: string | number) =>
    typeof value === "string" ? value : number(value, Number.isInteger(value) ? 0 : 3);
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, format(value)]));
}
