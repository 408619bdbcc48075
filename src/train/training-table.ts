import { millisecondsPerDay } from "../base/clock.ts";
import { assignmentUniform } from "../base/random.ts";
import type { TrainingTable } from "../models/ziln-network.ts";
import { type Panel, selectRows } from "../panel/panel.ts";

/**
 * The rows and labels that were known at `cutoff`: a label may be used only if its horizon had ended by then.
 * Validation is the latest origin whose longest label is known; with a single origin, a fifth of the customers.
 */
export function trainingTable(
  panel: Panel,
  featureNames: readonly string[],
  horizonsDays: readonly number[],
  cutoff: number,
): TrainingTable {
  const usable = (asOf: number, horizonDays: number) => asOf + horizonDays * millisecondsPerDay <= cutoff;
  const rows: number[] = [];
  for (let row = 0; row < panel.rows; row++) if (usable(panel.asOf[row], horizonsDays[0])) rows.push(row);

  const outcomes = selectRows(panel.outcomes, horizonsDays.length, rows);
  rows.forEach((row, index) => {
    horizonsDays.forEach((horizonDays, column) => {
      if (!usable(panel.asOf[row], horizonDays)) outcomes[index * horizonsDays.length + column] = Number.NaN;
    });
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
  return {
    featureNames,
    rows: rows.length,
    features: selectRows(panel.features, featureNames.length, rows),
    outcomes,
    isValidation,
  };
}
