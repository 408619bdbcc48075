import { DataError, InputError } from "../base/errors.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { openTableFile } from "../engine/duckdb/table-file.ts";
import type { Scenarios } from "./tail-risk.ts";

/** Of what scenarios do to effects, what stands where the column or the cell is empty. */
const effectColumns = { short_factor: 1, long_factor: 1, short_shift: 0, long_shift: 0 } as const;
type EffectColumn = keyof typeof effectColumns;
const effectNames = Object.keys(effectColumns) as EffectColumn[];

/** Each is one row of every linear programme. */
const mostScenarios = 1000;

/**
 * Reads `scenario`, an optional `action` (empty or `*`: every action but nothing; a row for one action goes before such a row),
 * and any of `short_factor, long_factor, short_shift, long_shift, probability`, from Parquet, CSV or JSON lines. Probabilities
 * are divided by their sum. Throws InputError missing_file, unknown_column, unknown_action, too_many_scenarios; DataError
 * unreadable_table, no_rows, scenario_not_a_number, scenario_probability, repeated_scenario_action.
 */
export async function readScenarios(
  engine: DuckdbEngine,
  path: string,
  actions: readonly string[],
): Promise<Scenarios> {
  const header = await openTableFile(engine, "allocation_scenarios", path);
  if (!header.includes("scenario"))
    throw new InputError("unknown_column", { path, column: "scenario", columns: header });
  const cell = (name: string) => (header.includes(name) ? `CAST(${quote(name)} AS VARCHAR)` : "''");
  const rows = await engine.rows(
    `SELECT ${["scenario", "action", "probability", ...effectNames].map((name) => `coalesce(${cell(name)}, '') AS ${name}`).join(", ")}
     FROM allocation_scenarios`,
  );
  await engine.drop("allocation_scenarios");
  const names = [...new Set(rows.map(({ scenario }) => String(scenario)))].sort();
  if (names.length > mostScenarios)
    throw new InputError("too_many_scenarios", { path, scenarios: names.length, most: mostScenarios });

  const width = actions.length;
  const matrices = Object.fromEntries(
    effectNames.map((name) => [name, new Float64Array(names.length * width).fill(effectColumns[name])]),
  ) as Record<EffectColumn, Float64Array>;
  const probability = new Float64Array(names.length).fill(1);
  const seen = new Set<string>();
  const isForAll = (action: unknown) => action === "" || action === "*";
  const generalFirst = [...rows].sort((a, b) => Number(isForAll(b.action)) - Number(isForAll(a.action)));
  for (const row of generalFirst) {
    const [scenario, action] = [String(row.scenario), isForAll(row.action) ? "*" : String(row.action)];
    const key = JSON.stringify([scenario, action]);
    if (seen.has(key)) throw new DataError("repeated_scenario_action", { path, scenario, action });
    seen.add(key);
    if (action !== "*" && actions.indexOf(action) < 1)
      throw new InputError("unknown_action", { action, actions: actions.slice(1) });
    const place = names.indexOf(scenario);
    const number = (column: "probability" | EffectColumn, empty: number) =>
      numberIn(String(row[column]), empty, { path, scenario, column });
    probability[place] = number("probability", probability[place]);
    for (const name of effectNames) {
      const value = number(name, effectColumns[name]);
      for (let at = 1; at < width; at++)
        if (action === "*" || actions[at] === action) matrices[name][place * width + at] = value;
    }
  }
  const whole = probability.reduce((sum, part) => sum + part, 0);
  const negative = probability.findIndex((part) => part < 0);
  if (negative >= 0 || whole === 0)
    throw new DataError("scenario_probability", { path, scenario: names[Math.max(0, negative)] });
  return {
    names,
    probability: probability.map((part) => part / whole),
    shortFactor: matrices.short_factor,
    longFactor: matrices.long_factor,
    shortShift: matrices.short_shift,
    longShift: matrices.long_shift,
  };
}

function numberIn(text: string, empty: number, place: { path: string; scenario: string; column: string }): number {
  if (text.trim() === "") return empty;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new DataError("scenario_not_a_number", { ...place, value: text });
  return value;
}
