import loadHighs, { type Highs, type ModelData } from "highs";

/** Maximise Σ gain·x under row limits and bounds; columns are stored one after the other. */
export interface LinearProgram {
  readonly gain: Float64Array; // (columns)
  readonly lower: Float64Array; // (columns)
  readonly upper: Float64Array; // (columns)
  /** Rows say Σ coefficient·x ≤ limit. */
  readonly limit: Float64Array; // (rows)
  /** Entries of column j are at start[j] … start[j + 1] − 1. */
  readonly start: Int32Array; // (columns + 1)
  readonly row: Int32Array; // (entries)
  readonly coefficient: Float64Array; // (entries)
  /** 1 = must be whole. */
  readonly whole?: Int32Array; // (columns)
}

export interface LinearSolution {
  readonly status: "optimal" | "infeasible" | "search_limit";
  /** Empty where nothing was found that keeps the limits. */
  readonly x: Float64Array; // (columns)
  /** What one more unit of each limit is worth, ≥ 0; not meaningful with whole columns. */
  readonly price: Float64Array; // (rows)
}

export interface SearchLimits {
  /** Branch-and-bound nodes; a count and not a time, so that the same problem gives the same answer everywhere. */
  readonly nodes: number;
  /** A whole solution this close to the best possible ends the search. */
  readonly gap: number;
}

/** Solves linear programs and, by branch and bound, those with whole columns. */
export type LinearProgramSolver = (program: LinearProgram, limits?: SearchLimits) => LinearSolution;

let loaded: Promise<Highs> | undefined;

/**
 * HiGHS (Huangfu & Hall 2018, "Parallelizing the dual revised simplex method"), compiled to WebAssembly: dual simplex,
 * and branch and cut where columns are whole. Loading is asynchronous, solving is not.
 */
export async function openLinearProgramSolver(): Promise<LinearProgramSolver> {
  loaded ??= (loadHighs as unknown as () => Promise<Highs>)();
  const highs = await loaded;
  return (program, limits) =>
    highs.withModel(modelOf(highs, program), (model) => {
      model.options.set({
        output_flag: false,
        // Nothing that is tighter can be asked of HiGHS.
        primal_feasibility_tolerance: 1e-10,
        dual_feasibility_tolerance: 1e-10,
        mip_feasibility_tolerance: 1e-9,
        mip_rel_gap: 0,
        ...(limits && { mip_max_nodes: limits.nodes, mip_abs_gap: Math.max(1e-12, limits.gap) }),
      });
      model.run();
      const status = model.getModelStatus();
      const { optimal, infeasible } = highs.constants.modelStatus;
      if (status === infeasible) return { status: "infeasible", x: new Float64Array(0), price: new Float64Array(0) };
      const { colValue, rowDual } = model.getSolution();
      return { status: status === optimal ? "optimal" : "search_limit", x: colValue, price: rowDual.map(Math.abs) };
    }) as LinearSolution;
}

function modelOf(highs: Highs, program: LinearProgram): ModelData {
  const { gain, lower, upper, limit, start, row, coefficient, whole } = program;
  const [numCols, numRows] = [gain.length, limit.length];
  return {
    numCols,
    numRows,
    sense: highs.constants.objectiveSense.maximize,
    colCost: gain,
    colLower: lower,
    colUpper: upper,
    rowLower: new Float64Array(numRows).fill(-highs.infinity),
    rowUpper: limit,
    matrix: { format: "csc", numRows, numCols, starts: start, indices: row, values: coefficient },
    ...(whole && { integrality: whole }),
  };
}
