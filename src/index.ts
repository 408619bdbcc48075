/** The front door of the library. */

export { type Clock, systemClock } from "./base/clock.ts";
export { exitCodes, LongrunError } from "./base/errors.ts";
export { evaluatePolicy } from "./evaluate/off-policy.ts";
export { fitEffects, predictEffects } from "./models/doubly-robust-effects.ts";
export { predictZilnNetwork, trainZilnNetwork } from "./models/ziln-network.ts";
export { allocate } from "./optimize/allocation.ts";
export { balanceFrontier } from "./optimize/frontier.ts";
export { type RunDoors, run } from "./pipeline.ts";
export { renderReport } from "./report/report.ts";
export { type Config, type ConfigInput, defineConfig, readConfig } from "./runs/config.ts";
export { Project } from "./runs/project.ts";
export { type RunSummary, type StageName, stageNames } from "./schema/summary.ts";
export { augmentedLagrangian, type ConstrainedSolution } from "./solvers/augmented-lagrangian.ts";
export { gradientDescent } from "./solvers/gradient-descent.ts";
export { lbfgsb } from "./solvers/lbfgsb.ts";
export { nelderMead } from "./solvers/nelder-mead.ts";
export { newton } from "./solvers/newton.ts";
export { withNumericalGradient } from "./solvers/numerical-gradient.ts";
export type { ConstrainedProblem, Constraint } from "./solvers/penalised-lagrangian.ts";
export type { Problem, Solution, Solver } from "./solvers/problem.ts";
