import { millisecondsPerDay } from "../base/clock.ts";
import { assignmentUniform } from "../base/random.ts";
import type { TrainingTable } from "../models/value-network.ts";
import { featuresAndWords, type Panel, type PanelValues, selectRows } from "../panel/panel.ts";

export interface PanelTable {
  readonly table: TrainingTable;
  /** Who the rows are, and when. */
  readonly customers: Pick<Panel, "rows" | "customerIds" | "asOf">;
}

/**
 * The rows and labels that were known at `cutoff`: a label may be used only if its horizon had ended by then.
 * Validation is the latest origin whose longest label is known; with a single origin, a fifth of the customers.
 */
export function trainingTable(
  panel: Panel,
  { featureNames, categorySizes, horizonsDays }: PanelValues,
  cutoff: number,
): PanelTable {
  const usable = (asOf: number, horizonDays: number) => asOf + horizonDays * millisecondsPerDay <= cutoff;
  const rows: number[] = [];
  for (let row = 0; row < panel.rows; row++) if (usable(panel.asOf[row], horizonsDays[0])) rows.push(row);

  const known = (labels: Float32Array) =>
    selectRows(labels, horizonsDays.length, rows).map((label, at) => {
      const [index, column] = [Math.floor(at / horizonsDays.length), at % horizonsDays.length];
      return usable(panel.asOf[rows[index]], horizonsDays[column]) ? label : Number.NaN;
    });

  const longest = horizonsDays[horizonsDays.length - 1];
  const origins = [...new Set(rows.map((row) => panel.asOf[row]).filter((asOf) => usable(asOf, longest)))].sort(
    (a, b) => a - b,
  );
  const latest = origins[origins.length - 1];
  const isValidation = Uint8Array.from(rows, (row) =>
    origins.length > 1
      ? Number(panel.asOf[row] === latest)
      : Number(assignmentUniform("validation", "customer", panel.customerIds[row]) < 0.2),
  );
  const words = Object.keys(categorySizes);
  const told = featuresAndWords(panel, { featureNames, categorySizes });
  return {
    table: {
      featureNames: [...featureNames, ...words],
      categorySizes,
      rows: rows.length,
      features: selectRows(told, featureNames.length + words.length, rows),
      outcomes: known(panel.outcomes),
      orders: known(panel.orders),
      isValidation,
    },
    customers: {
      rows: rows.length,
      customerIds: rows.map((row) => panel.customerIds[row]),
      asOf: Float64Array.from(rows, (row) => panel.asOf[row]),
    },
  };
}
