import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { ColumnType } from "../schema/columns.ts";

/** What the features stage says about its tables. */
export interface PanelValues {
  readonly featureNames: readonly string[];
  /** Words by number beside the features, with how many words each knows, the 0 for any other included. */
  readonly categorySizes: Readonly<Record<string, number>>;
  readonly horizonsDays: readonly number[];
  readonly asOf: number;
}

/** Customers at one or several cut-off instants, as arrays. */
export interface Panel {
  readonly rows: number;
  readonly customerIds: readonly string[];
  readonly asOf: Float64Array; // (rows), epoch ms
  readonly features: Float32Array; // (rows, features), NaN = missing
  readonly words: Float32Array; // (rows, categories)
  /** Discounted value inside each horizon, major units; NaN = not yet observed. */
  readonly outcomes: Float32Array; // (rows, horizons)
  /** Orders inside each horizon; NaN = not yet observed. */
  readonly orders: Float32Array; // (rows, horizons)
}

/** Reads the rows of the panel with `earliest ≤ as_of ≤ latest`, ordered by as_of, then customer. */
export async function readPanel(
  engine: Engine,
  artifact: Artifact<PanelValues>,
  window: { earliest: number; latest: number },
): Promise<Panel> {
  const { featureNames, categorySizes, horizonsDays } = artifact.values;
  const wordNames = Object.keys(categorySizes);
  const outcomeNames = horizonsDays.map((days) => `value_${days}d`);
  const orderNames = horizonsDays.map((days) => `orders_${days}d`);
  const types: Record<string, ColumnType> = { customer_id: "text", as_of: "timestamp" };
  for (const name of [...featureNames, ...wordNames, ...outcomeNames, ...orderNames]) types[name] = "double";
  const panel = namedTable(await openTable(engine, artifact, "panel", types), types, "p");
  const batch = await engine.collect(
    from(panel)
      .where(panel.columns.as_of.atLeast(instant(window.earliest)), panel.columns.as_of.atMost(instant(window.latest)))
      .select(panel.columns)
      .orderBy(panel.columns.as_of, panel.columns.customer_id),
  );
  return {
    rows: batch.rows,
    customerIds: batch.texts.customer_id as string[],
    asOf: batch.numbers.as_of,
    features: matrixOf(batch.numbers, featureNames, batch.rows),
    words: matrixOf(batch.numbers, wordNames, batch.rows),
    outcomes: matrixOf(batch.numbers, outcomeNames, batch.rows),
    orders: matrixOf(batch.numbers, orderNames, batch.rows),
  };
}

/** Interleaves named columns into one (rows, names) row-major matrix. */
export function matrixOf(
  columns: Readonly<Record<string, Float64Array>>,
  names: readonly string[],
  rows: number,
): Float32Array {
  const width = names.length;
  const matrix = new Float32Array(rows * width);
  names.forEach((name, column) => {
    const values = columns[name];
    for (let row = 0; row < rows; row++) matrix[row * width + column] = values[row];
  });
  return matrix;
}

/** The rows of a (rows, width) matrix whose numbers are listed. */
export function selectRows<T extends Float32Array | Float64Array>(
  matrix: T,
  width: number,
  rows: readonly number[],
): T {
  const selected = new (matrix.constructor as new (length: number) => T)(rows.length * width);
  rows.forEach((row, index) => {
    selected.set(matrix.subarray(row * width, (row + 1) * width) as never, index * width);
  });
  return selected;
}

/** The same customers with the outcomes of horizons up to `longestDays` alone. */
export function withHorizonsUpTo<Values extends PanelValues>(
  longestDays: number,
  panel: Panel,
  values: Values,
): { panel: Panel; values: Values } {
  const horizonsDays = values.horizonsDays.filter((days) => days <= longestDays);
  const width = values.horizonsDays.length;
  const kept = (matrix: Float32Array) => matrix.filter((_, at) => at % width < horizonsDays.length);
  return {
    panel: { ...panel, outcomes: kept(panel.outcomes), orders: kept(panel.orders) },
    values: { ...values, horizonsDays },
  };
}

/** Features and, after them, words by number: what networks are told of customers, (rows, features + categories). */
export function featuresAndWords(
  { rows, features, words }: Pick<Panel, "rows" | "features" | "words">,
  { featureNames, categorySizes }: Pick<PanelValues, "featureNames" | "categorySizes">,
): Float32Array {
  const width = featureNames.length;
  const more = Object.keys(categorySizes).length;
  if (more === 0) return features;
  const matrix = new Float32Array(rows * (width + more));
  for (let row = 0; row < rows; row++) {
    matrix.set(features.subarray(row * width, (row + 1) * width), row * (width + more));
    matrix.set(words.subarray(row * more, (row + 1) * more), row * (width + more) + width);
  }
  return matrix;
}
