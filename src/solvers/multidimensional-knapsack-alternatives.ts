/** A choice that prices inside the box could bring its item to make. */
export interface Alternatives {
  readonly count: number;
  readonly item: Int32Array; // (count)
  readonly choice: Int32Array; // (count)
  /** The box radius at which the choice becomes as good as the item's best. */
  readonly radius: Float64Array; // (count)
}

/** Most alternatives that one linear programme is asked about. */
export const mostAlternatives = 4000;

/** Collects alternatives within a radius, and draws the radius in when they become too many. */
export class NearestAlternatives {
  radius: number;
  #count = 0;
  readonly #item = new Int32Array(2 * mostAlternatives);
  readonly #choice = new Int32Array(2 * mostAlternatives);
  readonly #needed = new Float64Array(2 * mostAlternatives);

  constructor(radius: number) {
    this.radius = radius;
  }

  add(item: number, choice: number, needed: number): void {
    if (this.#count === this.#item.length) this.#drawIn();
    if (needed > this.radius) return;
    this.#item[this.#count] = item;
    this.#choice[this.#count] = choice;
    this.#needed[this.#count] = needed;
    this.#count++;
  }

  alternatives(): Alternatives {
    if (this.#count > mostAlternatives) this.#drawIn();
    const count = this.#count;
    return {
      count,
      item: this.#item.slice(0, count),
      choice: this.#choice.slice(0, count),
      radius: this.#needed.slice(0, count),
    };
  }

  /** Keeps the nearest; what is exactly as far as the first one left out goes too, and the radius ends before it. */
  #drawIn(): void {
    const sorted = this.#needed.slice(0, this.#count).sort();
    const firstOut = sorted[mostAlternatives];
    let kept = 0;
    for (let index = 0; index < this.#count; index++) {
      if (this.#needed[index] >= firstOut) continue;
      this.#item[kept] = this.#item[index];
      this.#choice[kept] = this.#choice[index];
      this.#needed[kept] = this.#needed[index];
      kept++;
    }
    this.#count = kept;
    this.radius = kept < mostAlternatives / 100 ? 0 : firstOut * (1 - 1e-12);
  }
}
