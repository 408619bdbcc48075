import type { Language, MessageKey } from "../../language/catalogue.ts";
import { type ConflictCustomer, type Migration, quadrants, type RelationSummary } from "../../schema/relation.ts";
import type { Interval, RunSummary } from "../../schema/summary.ts";
import { type TextColumn, textTable } from "../text-table.ts";
import { unknown, wordsOf } from "./words.ts";

/** Where customers stand between now and later, how they move, and where the two looks disagree: a sentence each. */
export function relationSentences({ relation, currency }: RunSummary, language: Language): string[] {
  if (!relation) return [];
  const { say, share, number, name } = wordsOf(language, currency);
  const [steady, passing, late] = relation.quadrants;
  const { long, actualLong } = relation.correlation;
  const bounds = ({ estimate, low, high }: Interval) => ({
    long: estimate.toFixed(3),
    low: low.toFixed(3),
    high: high.toFixed(3),
  });
  const sentences = [
    say("summary_relation", {
      steady: number(steady.customers),
      share: share(steady.customers / relation.customers),
      value: share(steady.clvShare),
      passing: number(passing.customers),
      late: number(late.customers),
      shortDays: relation.shortDays,
      clvDays: relation.clvDays,
      ...bounds(long),
      actual: actualLong ? say("summary_relation_actual", bounds(actualLong)) : "",
    }),
  ];
  const latest = relation.migrations[relation.migrations.length - 1];
  if (latest) {
    const [kept, ...elsewhere] = latest.customers[0];
    const left = elsewhere.reduce((sum, count) => sum + count, 0);
    sentences.push(
      say("summary_migration", {
        from: latest.from,
        to: latest.to,
        kept: share(latest.kept.estimate),
        low: share(latest.kept.low),
        high: share(latest.kept.high),
        chance: share(latest.keptByChance),
        retrained: share(latest.movedByRetraining),
        left: number(left),
        before: number(kept + left),
      }),
    );
  }
  const { plans } = relation.conflict;
  if (plans && plans.choices.length > 0)
    sentences.push(
      say("summary_plans_differ", {
        days: relation.shortDays,
        differing: number(plans.differing),
        customers: number(plans.customers),
        greedy: name("action", plans.choices[0].greedy),
        farSighted: name("action", plans.choices[0].farSighted),
      }),
    );
  return sentences;
}

/** The same with every figure: quadrants, their test, migrations, and the customers in conflict. */
export function relationLines(summary: RunSummary, language: Language): string[] {
  const { relation, currency } = summary;
  const { say, left, right } = wordsOf(language, currency);
  if (!relation) return [say("show_no_relation")];
  const table = ({ columns, rows }: Omit<Table, "title">) =>
    textTable(
      columns.map((key, at): TextColumn => (at === 0 ? left(key) : right(key))),
      rows,
    );
  const parts = relationTables(relation, language, currency).map(({ title, ...rest }) => [title, "", ...table(rest)]);
  return [relationSentences(summary, language), ...parts].flatMap((lines, at) => (at === 0 ? lines : ["", ...lines]));
}

export interface Table {
  readonly title: string;
  readonly columns: readonly MessageKey[];
  readonly rows: readonly (readonly string[])[];
}

/** Every table of the relation, for terminal and page alike; a title is said even where there is no row. */
export function relationTables(relation: RelationSummary, language: Language, currency: string): Table[] {
  const { say, money, share } = wordsOf(language, currency);
  const { shortDays, clvDays, cuts, conflict } = relation;
  const upper = share(cuts.upperShare, 0);
  const title = say("show_relation", {
    shortDays,
    clvDays,
    clv: money(cuts.clv, 2),
    short: money(cuts.short, 2),
    share: upper,
    fittedOn: cuts.fittedOn,
  });
  return [
    { title, ...quadrantTable(relation, language, currency) },
    testedTable(relation, language, currency),
    ...relation.migrations.map((migration) => migrationTable(migration, language)),
    {
      title: `${say("show_shared_upper", { share: upper, days: shortDays, shared: share(conflict.sharedUpper) })} ${say("show_overrated", { days: shortDays })}`,
      ...conflictTable(conflict.overrated, language, currency),
    },
    {
      title: say("show_underrated", { days: shortDays }),
      ...conflictTable(conflict.underrated, language, currency),
    },
  ];
}

function quadrantTable({ quadrants: found }: RelationSummary, language: Language, currency: string) {
  const { name, number, share, money } = wordsOf(language, currency);
  const columns: MessageKey[] = [
    "column_quadrant",
    "column_customers",
    "column_share_of_short",
    "column_share_of_clv",
    "column_mean_short",
    "column_mean_clv",
  ];
  const rows = found.map(({ quadrant, customers, shortShare, clvShare, meanShort, meanClv }) => [
    name("quadrant", quadrant),
    number(customers),
    share(shortShare),
    share(clvShare),
    money(meanShort, 2),
    money(meanClv, 2),
  ]);
  return { columns, rows };
}

function testedTable({ quadrants: found }: RelationSummary, language: Language, currency: string): Table {
  const { say, name, number, money, interval } = wordsOf(language, currency);
  const rows = found.flatMap(({ quadrant, tested }) =>
    tested
      ? [
          [
            name("quadrant", quadrant),
            number(tested.customers),
            money(tested.predictedShort, 2),
            interval(tested.short),
            money(tested.predictedClv, 2),
            interval(tested.clv),
          ],
        ]
      : [],
  );
  return {
    title: say(rows.length > 0 ? "show_relation_tested" : "show_relation_not_tested"),
    columns: [
      "column_quadrant",
      "column_customers",
      "column_forecast_short",
      "column_actual_short",
      "column_forecast_clv",
      "column_actual_clv",
    ],
    rows,
  };
}

function migrationTable({ from, to, customers, joined }: Migration, language: Language): Table {
  const { say, name, number } = wordsOf(language);
  const rows = [...customers, joined].map((row, at) => [
    at < quadrants.length ? name("quadrant", quadrants[at]) : say("label_joined"),
    ...row.map((count) => number(count)),
  ]);
  return {
    title: say("show_migration", { from, to }),
    columns: ["column_quadrant", ...quadrants.map((quadrant): MessageKey => `quadrant_${quadrant}`)],
    rows,
  };
}

function conflictTable(customers: readonly ConflictCustomer[], language: Language, currency: string) {
  const { name, number, money } = wordsOf(language, currency);
  const action = (word: string | undefined) => (word === undefined ? unknown : name("action", word));
  const columns: MessageKey[] = [
    "column_customer",
    "column_quadrant",
    "column_now",
    "column_clv",
    "column_rank_now",
    "column_rank_clv",
    "column_greedy_action",
    "column_far_sighted_action",
  ];
  const rows = customers.map(({ customerId, quadrant, short, clv, shortRank, clvRank, greedy, farSighted }) => [
    customerId,
    name("quadrant", quadrant),
    money(short, 2),
    money(clv, 2),
    number(shortRank),
    number(clvRank),
    action(greedy),
    action(farSighted),
  ]);
  return { columns, rows };
}
