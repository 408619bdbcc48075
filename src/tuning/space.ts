import { InputError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";

/** A value that a parameter can take: a number of a range, or any JSON value of a list. */
export type ParameterValue =
  | number
  | string
  | boolean
  | null
  | readonly ParameterValue[]
  | { readonly [name: string]: ParameterValue };

export interface NumberParameter {
  readonly name: string;
  readonly kind: "real" | "integer";
  readonly low: number;
  /** Inclusive. */
  readonly high: number;
  /** On a logarithmic scale equal ratios are equally far apart. */
  readonly scale: "linear" | "log";
}

export interface ChoiceParameter {
  readonly name: string;
  readonly kind: "choice";
  readonly choices: readonly ParameterValue[];
}

export type Parameter = NumberParameter | ChoiceParameter;

/** What is searched: every combination of the parameters' values. */
export type Space = readonly Parameter[];

/** A place in a space: for numbers where in the range (0 … 1), for choices which of them (0, 1, …). */
export type Point = Float64Array; // (parameters)

export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/**
 * Throws InputError no_parameters, parameter_twice, empty_range, log_of_nonpositive, single_choice.
 */
export function checkSpace(space: Space): void {
  if (space.length === 0) throw new InputError("no_parameters");
  const names = new Set<string>();
  for (const parameter of space) {
    const { name } = parameter;
    if (names.has(name)) throw new InputError("parameter_twice", { name });
    names.add(name);
    if (parameter.kind === "choice") {
      if (parameter.choices.length < 2) throw new InputError("single_choice", { name });
      continue;
    }
    const { low, high, scale } = parameter;
    if (!(low < high)) throw new InputError("empty_range", { name, low, high });
    if (scale === "log" && !(low > 0)) throw new InputError("log_of_nonpositive", { name, low });
  }
}

/** The ends of the axis: a whole number owns the stretch from half below it to half above it. */
function axis({ kind, low, high, scale }: NumberParameter): { from: number; length: number } {
  const half = kind === "integer" ? 0.5 : 0;
  const from = scale === "log" ? Math.log(low - half) : low - half;
  return { from, length: (scale === "log" ? Math.log(high + half) : high + half) - from };
}

/** Enough for any optimum that noise lets through, and few enough to read. */
const digits = 5;

/** The value at a coordinate, to five digits; what lies outside counts as the end of the range. */
export function valueAt(parameter: Parameter, coordinate: number): ParameterValue {
  if (parameter.kind === "choice") return parameter.choices[coordinate];
  const { low, high, kind, scale } = parameter;
  const { from, length } = axis(parameter);
  const position = from + coordinate * length;
  const exact = scale === "log" ? Math.exp(position) : position;
  return Math.min(high, Math.max(low, kind === "integer" ? Math.round(exact) : Number(exact.toPrecision(digits))));
}

/** Where a value lies; undefined where the parameter cannot take it. */
export function coordinateOf(parameter: Parameter, value: unknown): number | undefined {
  if (parameter.kind === "choice") {
    const index = parameter.choices.findIndex((choice) => JSON.stringify(choice) === JSON.stringify(value));
    return index < 0 ? undefined : index;
  }
  const { low, high, kind, scale } = parameter;
  if (typeof value !== "number" || !(value >= low && value <= high)) return undefined;
  if (kind === "integer" && !Number.isInteger(value)) return undefined;
  const { from, length } = axis(parameter);
  return ((scale === "log" ? Math.log(value) : value) - from) / length;
}

/** How many values a parameter can take. */
export function valueCount(parameter: Parameter): number {
  if (parameter.kind === "choice") return parameter.choices.length;
  return parameter.kind === "integer" ? parameter.high - parameter.low + 1 : Number.POSITIVE_INFINITY;
}

export function valuesAt(space: Space, point: Point): ParameterValues {
  return Object.fromEntries(space.map((parameter, index) => [parameter.name, valueAt(parameter, point[index])]));
}

/** The point of some values; undefined where one is missing or outside the space. */
export function pointOf(space: Space, values: ParameterValues): Point | undefined {
  const point = new Float64Array(space.length);
  for (const [index, parameter] of space.entries()) {
    const coordinate = coordinateOf(parameter, values[parameter.name]);
    if (coordinate === undefined) return undefined;
    point[index] = coordinate;
  }
  return point;
}

/** The point moved to where its values really lie: whole numbers to the middle of their stretch. */
export function snapped(space: Space, point: Point): Point {
  return Float64Array.from(point, (coordinate, index) => {
    const parameter = space[index];
    if (parameter.kind === "choice") return coordinate;
    return coordinateOf(parameter, valueAt(parameter, coordinate)) as number;
  });
}

/** Uniform over every parameter's axis. */
export function randomPoint(space: Space, random: Random): Point {
  const point = Float64Array.from(space, (parameter) =>
    parameter.kind === "choice" ? random.integer(parameter.choices.length) : random.uniform(),
  );
  return snapped(space, point);
}

/** The same text for the same values. */
export const keyOf = (point: Point): string => point.join(" ");
