import { equalRows } from "../stats/equal-rows.ts";
import { type Numbers, rowsOf } from "./items.ts";
import type { MultidimensionalKnapsackProblem } from "./multidimensional-knapsack.ts";
import type { WholePlan } from "./multidimensional-knapsack-rounding.ts";

const sampleItems = 1000;
/** Among a sample of items that many different ones: looking for equal ones would cost more than it saves. */
const mostlyDifferent = 900;

export interface DifferentItems {
  /** One item for all that are equal, with its copies. */
  readonly problem: MultidimensionalKnapsackProblem;
  /** The item of `problem` that stands for each. */
  readonly group: Int32Array; // (items)
  /** The first item that each item of `problem` stands for. */
  readonly first: Int32Array;
}

/**
 * Items that agree in everything as one with copies, where there are many: effects measured by segment make thousands of
 * equal customers, and no price tells equals apart. Undefined where items differ.
 */
export function withoutRepeats(problem: MultidimensionalKnapsackProblem): DifferentItems | undefined {
  const { items } = problem;
  const step = Math.max(1, Math.floor(items / sampleItems));
  const sample = Int32Array.from({ length: Math.floor(items / step) }, (_, index) => index * step);
  const enough = (mostlyDifferent / sampleItems) * sample.length;
  if (equalRows(sample.length, columnsOf(problem, sample)).groups > enough) return undefined;
  const { groups, group, first, counts } = equalRows(items, columnsOf(problem));
  const only = (numbers: Numbers) =>
    rowsOf(numbers, problem.choices, first, new Float64Array(groups * problem.choices));
  return {
    group,
    first,
    problem: {
      items: groups,
      choices: problem.choices,
      value: only(problem.value),
      ...(problem.mix && { mix: { ...problem.mix, value: only(problem.mix.value) } }),
      rows: problem.rows.map((row) => ({ ...row, weight: only(row.weight) })),
      ...(problem.eligible && {
        eligible: rowsOf(problem.eligible, problem.choices, first, new Uint8Array(groups * problem.choices)),
      }),
      copies: counts,
    },
  };
}

/** The choice of every item: of equal ones the first take what only some take. */
export function choicesOf({ choice, moved }: WholePlan, group: Int32Array): Int32Array {
  const left = new Map<number, { other: number; copies: number }[]>();
  for (const { item, other, copies } of moved) left.set(item, [...(left.get(item) ?? []), { other, copies }]);
  return group.map((item) => {
    const next = left.get(item)?.find(({ copies }) => copies > 0);
    if (!next) return choice[item];
    next.copies--;
    return next.other;
  });
}

/** Each number of an item as a column; what may not be chosen counts the same whatever stands there. */
function columnsOf(
  { items, choices, value, mix, rows, eligible }: MultidimensionalKnapsackProblem,
  sample?: Int32Array,
) {
  const length = sample?.length ?? items;
  const columns: Float64Array[] = [];
  const values = mix ? [value, mix.value] : [value];
  for (const numbers of [...values, ...rows.map(({ weight }) => weight), ...(eligible ? [eligible] : [])]) {
    for (let choice = 0; choice < choices; choice++) {
      const column = new Float64Array(length);
      for (let index = 0; index < length; index++) {
        const at = (sample ? sample[index] : index) * choices + choice;
        if (choice === 0 || eligible?.[at] !== 0) column[index] = numbers[at];
      }
      columns.push(column);
    }
  }
  return columns;
}
