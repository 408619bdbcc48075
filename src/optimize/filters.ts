import type { Term } from "../allocation/limit-text.ts";
import type { AllocationProblem } from "../allocation/problem.ts";
import { InputError } from "../base/errors.ts";
import type { Segments } from "./segments.ts";

/** Which customers and actions the filters of limits and rules mean. */
export class Filters {
  readonly #problem: AllocationProblem;
  readonly #channels: readonly string[];
  readonly #segments: ReadonlyMap<string, Segments>;

  /** `channels` by action, where a filter names them; `segments` by the columns that filters name. */
  constructor(problem: AllocationProblem, channels: readonly string[], segments: ReadonlyMap<string, Segments>) {
    this.#problem = problem;
    this.#channels = channels;
    this.#segments = segments;
  }

  /** Throws InputError unknown_limit_word. */
  refuseUnknownWords(limit: string, where: Term["where"]): void {
    const { actions } = this.#problem;
    for (const { column, values } of where) {
      const segments = this.#segments.get(column);
      const known = segments?.words ?? [...new Set(column === "channel" ? this.#channels.slice(1) : actions)];
      for (const word of values)
        if (!known.includes(word)) throw new InputError("unknown_limit_word", { limit, column, word, known });
    }
  }

  /** Whether the filters let each action through, whoever the customer is. */
  actionsOf(where: Term["where"]): boolean[] {
    return this.#problem.actions.map((action, index) =>
      where.every(({ column, values }) => {
        if (this.#segments.has(column)) return true;
        return values.includes(column === "channel" ? this.#channels[index] : action);
      }),
    );
  }

  /** Whether the filters hold at a place of a (customers, actions) matrix. */
  matcher(where: Term["where"]): (at: number) => boolean {
    const { customerIds, actions } = this.#problem;
    const width = actions.length;
    const ofActions = this.actionsOf(where);
    const ofCustomers = where.flatMap(({ column, values }) => {
      const segments = this.#segments.get(column);
      if (!segments) return [];
      return [Uint8Array.from(customerIds, (id) => Number(values.includes(segments.of.get(id) ?? segments.otherwise)))];
    });
    return (at) => ofActions[at % width] && ofCustomers.every((holds) => holds[Math.floor(at / width)] === 1);
  }
}
