import type { Random } from "../base/random.ts";
import { lbfgsb } from "../solvers/lbfgsb.ts";
import { logExpectedImprovement } from "./expected-improvement.ts";
import type { GaussianProcess } from "./gaussian-process.ts";
import { type Observation, untriedPoint } from "./sampler.ts";
import { coordinateOf, keyOf, type Parameter, type Point, randomPoint, type Space, snapped, valueAt } from "./space.ts";

interface Search {
  readonly space: Space;
  readonly process: GaussianProcess;
  /** What is to be improved on, in the process's units. */
  readonly best: number;
  readonly observed: readonly Observation[];
  readonly tried: ReadonlySet<string>;
}

interface Candidate {
  readonly point: Point;
  readonly improvement: number;
}

const randomCandidates = 300;
const refinedCandidates = 6;

/**
 * The untried point of largest expected improvement that the search finds: random points and neighbours of the best
 * ones, the most promising refined by L-BFGS-B along the numbers and step by step along whole numbers and choices.
 * Undefined where every point was tried.
 */
export function maximiseImprovement(search: Search, random: Random): Point | undefined {
  const judged = [...scattered(search, random), ...nearBest(search, random)]
    .map((point) => judge(search, point))
    .sort((a, b) => b.improvement - a.improvement);
  const refined = judged.slice(0, refinedCandidates).map((candidate) => refine(search, candidate));
  const untried = [...refined, ...judged]
    .filter(({ point }) => !search.tried.has(keyOf(point)))
    .sort((a, b) => b.improvement - a.improvement);
  return untried[0]?.point ?? untriedPoint(search.space, search.tried, random);
}

function scattered({ space }: Search, random: Random): Point[] {
  return Array.from({ length: randomCandidates * Math.min(4, space.length) }, () => randomPoint(space, random));
}

/** Near the five best: each number moved a little, each choice now and then drawn anew. */
function nearBest({ space, observed }: Search, random: Random): Point[] {
  const best = [...observed].sort((a, b) => a.value - b.value).slice(0, 5);
  return best.flatMap(({ point }) =>
    [0.1, 0.1, 0.1, 0.02, 0.02, 0.02, 0.004, 0.004].map((spread) =>
      snapped(
        space,
        point.map((coordinate, column) => {
          const parameter = space[column];
          if (parameter.kind !== "choice") return Math.min(1, Math.max(0, coordinate + spread * random.normal()));
          return random.uniform() < 0.2 ? random.integer(parameter.choices.length) : coordinate;
        }),
      ),
    ),
  );
}

function judge({ process, best }: Search, point: Point): Candidate {
  return { point, improvement: logExpectedImprovement(process.at(point), best).value };
}

function refine(search: Search, start: Candidate): Candidate {
  let current = start;
  for (let round = 0; round < 3; round++) {
    const climbed = alongNumbers(search, current);
    const next = stepped(search, climbed.improvement > current.improvement ? climbed : current);
    if (!(next.improvement > current.improvement + 1e-6)) return next;
    current = next;
  }
  return current;
}

/** Uphill with whole numbers taken as if they were real ones; choices stay. */
function alongNumbers(search: Search, { point }: Candidate): Candidate {
  const { space, process, best } = search;
  const isChoice = space.map(({ kind }) => kind === "choice");
  if (!isChoice.includes(false)) return judge(search, point);
  const { x } = lbfgsb(
    {
      start: point,
      lower: point.map((coordinate, column) => (isChoice[column] ? coordinate : 0)),
      upper: point.map((coordinate, column) => (isChoice[column] ? coordinate : 1)),
      evaluate(place, gradient) {
        const improvement = logExpectedImprovement(process.at(place), best);
        gradient.set(improvement.gradient.map((change) => -change));
        return -improvement.value;
      },
    },
    { maxIterations: 30, gradientTolerance: 1e-4, valueTolerance: 1e-8 },
  );
  return judge(search, snapped(space, x));
}

/** The best of the neighbours that differ in one whole number (by one) or one choice; the point itself where none is better. */
function stepped(search: Search, start: Candidate): Candidate {
  let best = start;
  search.space.forEach((parameter, column) => {
    for (const coordinate of neighbours(parameter, start.point[column])) {
      const point = start.point.slice();
      point[column] = coordinate;
      const candidate = judge(search, point);
      if (!search.tried.has(keyOf(point)) && candidate.improvement > best.improvement) best = candidate;
    }
  });
  return best;
}

function neighbours(parameter: Parameter, coordinate: number): number[] {
  if (parameter.kind === "choice") return [...parameter.choices.keys()].filter((index) => index !== coordinate);
  if (parameter.kind === "real") return [];
  const value = valueAt(parameter, coordinate) as number;
  return [value - 1, value + 1]
    .map((next) => coordinateOf(parameter, next))
    .filter((next): next is number => next !== undefined);
}
