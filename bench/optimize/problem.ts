import type { AllocationProblem, Limit } from "../../src/allocation/problem.ts";
import type { Numbers } from "../../src/solvers/items.ts";

/** A number in [0, 1) that belongs to a place and a purpose (finalizer of MurmurHash3). */
function uniform(place: number, purpose: number): number {
  let bits = Math.imul(place ^ (place >>> 16) ^ Math.imul(purpose + 1, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 4294967296;
}

/** Bell-shaped about 0, variance 1/6. */
const bell = (place: number, purpose: number) => uniform(place, purpose) + uniform(place, purpose + 1) - 1;

/** Effects that may be negative, costs in whole cents: the same for the same size, whatever the machine. */
export function shop<Effects extends Numbers = Float64Array>(
  customers: number,
  actions: number,
  Effects: new (length: number) => Effects = Float64Array as never,
): AllocationProblem & { short: Effects; long: Effects; cost: Float64Array } {
  const cells = customers * actions;
  const matrix = <Matrix extends Numbers>(draw: (at: number) => number, Matrix: new (length: number) => Matrix) => {
    const numbers = new Matrix(cells);
    for (let at = 0; at < cells; at++) if (at % actions > 0) numbers[at] = draw(at);
    return numbers;
  };
  return {
    customerIds: { length: customers } as unknown as string[],
    actions: Array.from({ length: actions }, (_, action) => `action ${action}`),
    short: matrix((at) => 5 * bell(at, 1) + 0.3, Effects),
    long: matrix((at) => 7 * bell(at, 3) + 0.2, Effects),
    cost: matrix((at) => Math.round(50 + 400 * uniform(at, 5)) / 100, Float64Array),
  };
}

/** A budget, a cap on contacts, a cap on two of the actions and a floor on what comes later: all four bind. */
export function fourLimits({ customerIds, actions, short, long, cost }: AllocationProblem): Limit[] {
  const [customers, width] = [customerIds.length, actions.length];
  const counted = (upTo: number) => {
    const contacts = new Float64Array(short.length);
    for (let at = 0; at < contacts.length; at++) contacts[at] = Number(at % width > 0 && at % width <= upTo);
    return contacts;
  };
  return [
    { name: "budget", sense: "at_most", limit: 0.3 * customers, weight: cost },
    { name: "contacts", sense: "at_most", limit: 0.25 * customers, weight: counted(width) },
    { name: "few", sense: "at_most", limit: 0.03 * customers, weight: counted(2) },
    { name: "long", sense: "at_least", limit: 1.05 * customers, weight: long },
  ];
}
