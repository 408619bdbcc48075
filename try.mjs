// src/base/random.ts
import { createHash, createHmac } from "node:crypto";
function createRandom(seed) {
  return new Sfc32(String(seed));
}
var Sfc32 = class _Sfc32 {
  #seed;
  #a;
  #b;
  #c;
  #counter;
  #spareNormal;
  constructor(seed) {
    const digest = createHash("sha256").update(seed).digest();
    this.#seed = seed;
    this.#a = digest.readInt32LE(0);
    this.#b = digest.readInt32LE(4);
    this.#c = digest.readInt32LE(8);
    this.#counter = digest.readInt32LE(12);
  }
  #next() {
    const result = (this.#a + this.#b | 0) + this.#counter | 0;
    this.#counter = this.#counter + 1 | 0;
    this.#a = this.#b ^ this.#b >>> 9;
    this.#b = this.#c + (this.#c << 3) | 0;
    this.#c = (this.#c << 21 | this.#c >>> 11) + result | 0;
    return result >>> 0;
  }
  uniform() {
    return this.#next() / 4294967296;
  }
  integer(bound) {
    return Math.floor(this.uniform() * bound);
  }
  normal() {
    if (this.#spareNormal !== void 0) {
      const spare = this.#spareNormal;
      this.#spareNormal = void 0;
      return spare;
    }
    for (; ; ) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const squared = u * u + v * v;
      if (squared > 0 && squared < 1) {
        const factor = Math.sqrt(-2 * Math.log(squared) / squared);
        this.#spareNormal = v * factor;
        return u * factor;
      }
    }
  }
  gamma(shape) {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c2 = 1 / Math.sqrt(9 * d);
    for (; ; ) {
      const x2 = this.normal();
      const cube = (1 + c2 * x2) ** 3;
      if (cube > 0 && Math.log(1 - this.uniform()) < 0.5 * x2 * x2 + d - d * cube + d * Math.log(cube)) return d * cube;
    }
  }
  poisson(mean) {
    let count = 0;
    for (let product = 1 - this.uniform(), limit = Math.exp(-mean); product > limit; count++) {
      product *= 1 - this.uniform();
    }
    return count;
  }
  shuffle(items) {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }
  fork(label) {
    return new _Sfc32(`${this.#seed}/${label}`);
  }
};

// src/solvers/linear-program.ts
import loadHighs from "highs";
var loaded;
async function openLinearProgramSolver() {
  loaded ??= loadHighs();
  const highs = await loaded;
  return (program, limits) => highs.withModel(modelOf(highs, program), (model) => {
    model.options.set({
      output_flag: false,
      // Nothing that is tighter can be asked of HiGHS.
      primal_feasibility_tolerance: 1e-10,
      dual_feasibility_tolerance: 1e-10,
      mip_feasibility_tolerance: 1e-9,
      mip_rel_gap: 0,
      mip_abs_gap: 1e-12,
      ...limits && { mip_max_nodes: limits.nodes }
    });
    model.run();
    const status = model.getModelStatus();
    const { optimal, infeasible } = highs.constants.modelStatus;
    if (status === infeasible) return { status: "infeasible", x: new Float64Array(0), price: new Float64Array(0) };
    const { colValue, rowDual } = model.getSolution();
    return { status: status === optimal ? "optimal" : "search_limit", x: colValue, price: rowDual.map(Math.abs) };
  });
}
function modelOf(highs, program) {
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
    ...whole && { integrality: whole }
  };
}

// src/base/errors.ts
var exitCodes = { ok: 0, input: 2, data: 3, model: 4, engine: 5, interrupted: 130, bug: 70 };
var LongrunError = class extends Error {
  kind;
  /** From the closed list in `src/language/errors.ts`. */
  code;
  details;
  constructor(kind, code, details = {}, options) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.name = "LongrunError";
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
  get exitCode() {
    return exitCodes[this.kind];
  }
};
var InputError = class extends LongrunError {
  constructor(code, details, options) {
    super("input", code, details, options);
    this.name = "InputError";
  }
};

// src/solvers/multidimensional-knapsack-box.ts
var widthOfNothing = 0.3;
var mostBoxes = 60;
var tolerance = 1e-7;
function searchPrices(priced, solveLinear, { start, radius: firstRadius, highestPrice }) {
  const { rows } = priced.problem;
  const unit = priced.weightScales.map((scale) => priced.valueScale / scale);
  const sign = rows.map(({ sense }) => sense === "at_most" ? 1 : -1);
  let scaled = rows.map((_, row) => Math.min(highestPrice, Math.abs(start?.[row] ?? 0) / unit[row]));
  let radius = firstRadius;
  for (let boxes = 1; ; boxes++) {
    const width = scaled.map((price2) => price2 + widthOfNothing);
    const prices = Float64Array.from(scaled, (price2, row) => sign[row] * price2 * unit[row]);
    const plan = priced.at(
      prices,
      Float64Array.from(width, (span, row) => span * unit[row]),
      radius
    );
    if (plan.radius === 0 && !priced.breaksTies) {
      priced.breakTies();
      continue;
    }
    const box = {
      lower: scaled.map((price2, row) => Math.max(0, price2 - plan.radius * width[row])),
      upper: scaled.map((price2, row) => Math.min(highestPrice, price2 + plan.radius * width[row]))
    };
    const columns = plan.alternatives.count;
    const { x: x2, price } = solveLinear(boxProgram(priced, plan, box, sign));
    const exceeded = Float64Array.from(rows, (_, row) => x2[columns + row]);
    const unused = rows.map((_, row) => box.lower[row] > 0 ? x2[columns + rows.length + row] : 0);
    const inside = rows.every(
      (_, row) => unused[row] <= tolerance && (exceeded[row] <= tolerance || box.upper[row] >= highestPrice)
    );
    const next = rows.map((_, row) => Math.min(box.upper[row], Math.max(box.lower[row], price[row])));
    if (inside || boxes === mostBoxes) {
      const share = x2.slice(0, columns);
      return {
        plan,
        share,
        prices: Float64Array.from(next, (best, row) => sign[row] * best * unit[row]),
        ...valuesOf(priced, plan, share, next, sign),
        exceeded: exceeded.map((amount, row) => amount > tolerance ? amount * priced.weightScales[row] : 0)
      };
    }
    scaled = next;
    radius = 4 * plan.radius;
  }
}
function valuesOf(priced, plan, share, scaledPrices, sign) {
  const { value: worth, choices, rows } = priced.problem;
  const prices = Float64Array.from(
    scaledPrices,
    (price, row) => sign[row] * price * priced.valueScale / priced.weightScales[row]
  );
  let value3 = plan.value;
  let bound = plan.bound;
  for (let row = 0; row < rows.length; row++)
    bound += (prices[row] - plan.prices[row]) * (priced.limit(row) - plan.used[row]);
  forEachItem(plan.alternatives, (item, first, end) => {
    const choice = priced.choiceOf(item, plan.prices);
    const base = item * choices + choice;
    const own = priced.worthOf(item, choice, prices);
    let most = 0;
    for (let index = first; index < end; index++) {
      const at = item * choices + plan.alternatives.choice[index];
      value3 += share[index] * (worth[at] - worth[base]);
      most = Math.max(most, priced.worthOf(item, plan.alternatives.choice[index], prices) - own);
    }
    bound += priced.copiesOf(item) * most;
  });
  return { value: value3, bound };
}
function forEachItem({ count, item }, visit) {
  for (let first = 0; first < count; ) {
    let end = first + 1;
    while (end < count && item[end] === item[first]) end++;
    visit(item[first], first, end);
    first = end;
  }
}
function boxProgram(priced, plan, box, sign) {
  const { choices, rows } = priced.problem;
  const free = new Float64Array(rows.length);
  const { alternatives } = plan;
  const columns = alternatives.count + 2 * rows.length;
  const gain = new Float64Array(columns);
  const upper = new Float64Array(columns);
  const limits = rows.map((_, row) => sign[row] * (priced.limit(row) - plan.used[row]) / priced.weightScales[row]);
  const start = new Int32Array(columns + 1);
  const entryRow = [];
  const coefficient = [];
  const entry = (row, amount) => {
    if (amount === 0) return;
    entryRow.push(row);
    coefficient.push(amount);
  };
  forEachItem(alternatives, (item, first, end) => {
    const chosen = priced.choiceOf(item, plan.prices);
    const base = item * choices + chosen;
    const copies = priced.copiesOf(item);
    if (end - first > 1) limits.push(copies);
    for (let index = first; index < end; index++) {
      const at = item * choices + alternatives.choice[index];
      const choice = alternatives.choice[index];
      upper[index] = copies;
      gain[index] = (priced.worthOf(item, choice, free) - priced.worthOf(item, chosen, free)) / priced.valueScale;
      rows.forEach(({ weight }, row) => {
        entry(row, sign[row] * (weight[at] - weight[base]) / priced.weightScales[row]);
      });
      if (end - first > 1) entry(limits.length - 1, 1);
      start[index + 1] = entryRow.length;
    }
  });
  rows.forEach((_, row) => {
    const column = alternatives.count + row;
    gain[column] = -box.upper[row];
    upper[column] = Number.POSITIVE_INFINITY;
    entry(row, -1);
    start[column + 1] = entryRow.length;
  });
  rows.forEach((_, row) => {
    const column = alternatives.count + rows.length + row;
    gain[column] = box.lower[row];
    upper[column] = box.lower[row] > 0 ? Number.POSITIVE_INFINITY : 0;
    entry(row, 1);
    start[column + 1] = entryRow.length;
  });
  return {
    gain,
    lower: new Float64Array(columns),
    upper,
    limit: Float64Array.from(limits),
    start,
    row: Int32Array.from(entryRow),
    coefficient: Float64Array.from(coefficient)
  };
}

// src/stats/equal-rows.ts
function equalRows(rows, columns) {
  const width = columns.length;
  const hashes = hashesOf(rows, columns);
  const keys = new Float64Array(rows * width);
  const group = new Int32Array(rows);
  const first = new Int32Array(rows);
  const counts = new Float64Array(rows);
  let table = new Int32Array(1 << 12).fill(-1);
  let groups = 0;
  for (let row = 0; row < rows; row++) {
    let slot = hashes[row] & table.length - 1;
    while (table[slot] >= 0 && !isKey(keys, width * table[slot], columns, row)) slot = slot + 1 & table.length - 1;
    let found = table[slot];
    if (found < 0) {
      for (let at = 0; at < width; at++) keys[width * groups + at] = columns[at][row];
      first[groups] = row;
      found = groups++;
      table[slot] = found;
      if (2 * groups > table.length) table = widened(table, hashes, first, groups);
    }
    group[row] = found;
    counts[found]++;
  }
  const order = new Int32Array(groups);
  for (let at = 0; at < groups; at++) order[at] = at;
  order.sort((left, right) => {
    let at = 0;
    while (at < width && keys[width * left + at] === keys[width * right + at]) at++;
    return at < width ? keys[width * left + at] - keys[width * right + at] : 0;
  });
  const place = new Int32Array(groups);
  for (let after = 0; after < groups; after++) place[order[after]] = after;
  for (let row = 0; row < rows; row++) group[row] = place[group[row]];
  return {
    groups,
    group,
    first: order.map((before) => first[before]),
    counts: gather(counts, order)
  };
}
function gather(column, rows) {
  const values = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) values[at] = column[rows[at]];
  return values;
}
function hashesOf(rows, columns) {
  const hashes = new Int32Array(rows);
  for (const column of columns) {
    const bits = new Int32Array(column.buffer, column.byteOffset, 2 * rows);
    for (let row = 0; row < rows; row++) {
      const isZero = column[row] === 0;
      const low = isZero ? 0 : bits[2 * row];
      const high = isZero ? 0 : bits[2 * row + 1];
      const mixed = Math.imul(hashes[row] ^ low, 2654435761);
      const both = Math.imul(mixed ^ mixed >>> 15 ^ high, 2246822519);
      hashes[row] = both ^ both >>> 13;
    }
  }
  return hashes;
}
function widened(table, hashes, first, groups) {
  const wider = new Int32Array(4 * table.length).fill(-1);
  for (let found = 0; found < groups; found++) {
    let slot = hashes[first[found]] & wider.length - 1;
    while (wider[slot] >= 0) slot = slot + 1 & wider.length - 1;
    wider[slot] = found;
  }
  return wider;
}
function isKey(keys, from, columns, row) {
  for (let at = 0; at < columns.length; at++) if (keys[from + at] !== columns[at][row]) return false;
  return true;
}

// src/solvers/multidimensional-knapsack-equal-items.ts
var sampleItems = 1e3;
var mostlyDifferent = 900;
function withoutRepeats(problem) {
  const { items } = problem;
  const step = Math.max(1, Math.floor(items / sampleItems));
  const sample = Int32Array.from({ length: Math.floor(items / step) }, (_, index) => index * step);
  const enough = mostlyDifferent / sampleItems * sample.length;
  if (equalRows(sample.length, columnsOf(problem, sample)).groups > enough) return void 0;
  const { groups, group, first, counts } = equalRows(items, columnsOf(problem));
  const only = (numbers) => rowsOf(numbers, problem.choices, first, new Float64Array(groups * problem.choices));
  return {
    group,
    problem: {
      items: groups,
      choices: problem.choices,
      value: only(problem.value),
      rows: problem.rows.map((row) => ({ ...row, weight: only(row.weight) })),
      ...problem.eligible && {
        eligible: rowsOf(problem.eligible, problem.choices, first, new Uint8Array(groups * problem.choices))
      },
      copies: counts
    }
  };
}
function choicesOf({ choice, moved }, group) {
  const left = /* @__PURE__ */ new Map();
  for (const { item, other, copies } of moved) left.set(item, [...left.get(item) ?? [], { other, copies }]);
  return group.map((item) => {
    const next = left.get(item)?.find(({ copies }) => copies > 0);
    if (!next) return choice[item];
    next.copies--;
    return next.other;
  });
}
function columnsOf({ items, choices, value: value3, rows, eligible }, sample) {
  const length = sample?.length ?? items;
  const columns = [];
  for (const numbers of [value3, ...rows.map(({ weight }) => weight), ...eligible ? [eligible] : []]) {
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
function rowsOf(from, width, rows, into) {
  rows.forEach((row, index) => {
    for (let at = 0; at < width; at++) into[index * width + at] = from[row * width + at];
  });
  return into;
}

// src/solvers/multidimensional-knapsack-pricing.ts
var mostAlternatives = 6e3;
var itemsPerBlock = 1024;
var PricedChoices = class _PricedChoices {
  problem;
  /** Mean over the items of the largest |value|; 1 where all are 0. */
  valueScale;
  /** The same for the weights of each row. */
  weightScales;
  // (rows)
  #items;
  /** Of all items, copies counted. */
  #share;
  #largestWeightDifference;
  // (rows)
  #tieBreak = 0;
  #passes = 0;
  constructor(problem, items) {
    this.problem = problem;
    this.#items = items;
    const { rows, value: value3, copies } = problem;
    const all = copies?.reduce((sum, times) => sum + times, 0) ?? problem.items;
    this.#share = items ? items.reduce((sum, item) => sum + this.copiesOf(item), 0) / all : 1;
    this.valueScale = this.#magnitude(value3).mean || 1;
    const magnitudes = rows.map(({ weight }) => this.#magnitude(weight));
    this.weightScales = Float64Array.from(magnitudes, ({ mean }) => mean || 1);
    this.#largestWeightDifference = Float64Array.from(magnitudes, ({ largest }) => 2 * largest);
  }
  get count() {
    return this.#items?.length ?? this.problem.items;
  }
  /** How many equal items an item stands for. */
  copiesOf(item) {
    return this.problem.copies?.[item] ?? 1;
  }
  get breaksTies() {
    return this.#tieBreak > 0;
  }
  get passes() {
    return this.#passes;
  }
  /**
   * Adds up to a millionth of the mean value to every value, evenly spread: where thousands of items are equal no price
   * tells them apart, and this does. Bounds stay bounds, because nothing is taken away.
   */
  breakTies() {
    this.#tieBreak = 1e-6 * this.valueScale;
  }
  /** The limit of a row for these items: a sample has its share of it. */
  limit(row) {
    return this.problem.rows[row].limit * this.#share;
  }
  /** Evenly many items from every part of the list, always the same ones. */
  sample(count) {
    const { items } = this.problem;
    const picked = Int32Array.from(
      { length: count },
      (_, index) => Math.floor((index + scrambled(index)) / count * items)
    );
    return new _PricedChoices(this.problem, picked);
  }
  /** What every item chooses at these prices, and which other choices prices within `radius`·`widths` could bring. */
  at(prices, widths, radius) {
    this.#passes++;
    const { choices, value: value3, eligible, rows } = this.problem;
    const tieBreak = this.#tieBreak;
    const rowCount = rows.length;
    const weights = rows.map(({ weight }) => weight);
    const found = new NearestAlternatives(radius);
    const farthest = this.#largestWeightDifference.reduce((sum, most, row) => sum + most * widths[row], 0);
    const reduced = new Float64Array(choices);
    const { copies } = this.problem;
    const sums = new Float64Array(rowCount + 2);
    const block = new Float64Array(rowCount + 2);
    const { count } = this;
    for (let place = 0; place < count; place++) {
      const item = this.#items === void 0 ? place : this.#items[place];
      const first = item * choices;
      let best = 0;
      for (let choice = 0; choice < choices; choice++) {
        const at2 = first + choice;
        if (choice > 0 && eligible !== void 0 && eligible[at2] === 0) {
          reduced[choice] = Number.NEGATIVE_INFINITY;
          continue;
        }
        let worth = value3[at2];
        if (tieBreak > 0) worth += tieBreak * scrambled(at2);
        for (let row = 0; row < rowCount; row++) worth -= prices[row] * weights[row][at2];
        reduced[choice] = worth;
        if (worth > reduced[best]) best = choice;
      }
      const top = reduced[best];
      const at = first + best;
      const times = copies === void 0 ? 1 : copies[item];
      block[0] += times * top;
      block[1] += times * value3[at];
      for (let row = 0; row < rowCount; row++) block[row + 2] += times * weights[row][at];
      const near = top - found.radius * farthest;
      for (let choice = 0; choice < choices; choice++) {
        if (choice === best || reduced[choice] < near || reduced[choice] === Number.NEGATIVE_INFINITY) continue;
        let distance = 0;
        for (let row = 0; row < rowCount; row++)
          distance += widths[row] * Math.abs(weights[row][first + choice] - weights[row][at]);
        if (distance === 0) continue;
        const needed = (top - reduced[choice]) / distance;
        if (needed <= found.radius) found.add(item, choice, needed);
      }
      if (place % itemsPerBlock === itemsPerBlock - 1 || place === count - 1) {
        for (let term = 0; term < block.length; term++) sums[term] += block[term];
        block.fill(0);
      }
    }
    let bound = sums[0];
    for (let row = 0; row < rowCount; row++) bound += prices[row] * this.limit(row);
    return {
      prices,
      bound,
      value: sums[1],
      used: sums.slice(2),
      radius: found.radius,
      alternatives: found.alternatives()
    };
  }
  /** Value less what the choice uses at these prices; −Infinity where it may not be chosen. */
  worthOf(item, choice, prices) {
    const { choices, value: value3, eligible, rows } = this.problem;
    const at = item * choices + choice;
    if (choice > 0 && eligible !== void 0 && eligible[at] === 0) return Number.NEGATIVE_INFINITY;
    let worth = value3[at] + this.#tieBreak * scrambled(at);
    for (let row = 0; row < rows.length; row++) worth -= prices[row] * rows[row].weight[at];
    return worth;
  }
  /** The best choice of one item at these prices; of equals the first. */
  choiceOf(item, prices) {
    let best = 0;
    let most = this.worthOf(item, 0, prices);
    for (let choice = 1; choice < this.problem.choices; choice++) {
      const worth = this.worthOf(item, choice, prices);
      if (worth <= most) continue;
      most = worth;
      best = choice;
    }
    return best;
  }
  #magnitude(numbers) {
    const { choices, eligible } = this.problem;
    const { count } = this;
    let sum = 0;
    let largest = 0;
    for (let place = 0; place < count; place++) {
      const first = (this.#items === void 0 ? place : this.#items[place]) * choices;
      let most = 0;
      for (let at = first; at < first + choices; at++) {
        if (at > first && eligible !== void 0 && eligible[at] === 0) continue;
        if (!Number.isFinite(numbers[at])) {
          throw new InputError("value_not_finite", {
            array: numbers === this.problem.value ? "value" : "weight",
            item: first / choices,
            choice: at - first,
            found: String(numbers[at])
          });
        }
        most = Math.max(most, Math.abs(numbers[at]));
      }
      sum += most;
      largest = Math.max(largest, most);
    }
    return { mean: sum / Math.max(1, count), largest };
  }
};
function scrambled(place) {
  let bits = Math.imul(place ^ place >>> 16, 2246822507);
  bits = Math.imul(bits ^ bits >>> 13, 3266489909);
  return ((bits ^ bits >>> 16) >>> 0) / 4294967296;
}
var NearestAlternatives = class {
  radius;
  #count = 0;
  #item = new Int32Array(2 * mostAlternatives);
  #choice = new Int32Array(2 * mostAlternatives);
  #needed = new Float64Array(2 * mostAlternatives);
  constructor(radius) {
    this.radius = radius;
  }
  add(item, choice, needed) {
    if (this.#count === this.#item.length) this.#drawIn();
    if (needed > this.radius) return;
    this.#item[this.#count] = item;
    this.#choice[this.#count] = choice;
    this.#needed[this.#count] = needed;
    this.#count++;
  }
  alternatives() {
    if (this.#count > mostAlternatives) this.#drawIn();
    const count = this.#count;
    return {
      count,
      item: this.#item.slice(0, count),
      choice: this.#choice.slice(0, count),
      radius: this.#needed.slice(0, count)
    };
  }
  /** Keeps the nearest; what is exactly as far as the first one left out goes too, and the radius ends before it. */
  #drawIn() {
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
};

// src/solvers/compensated-sum.ts
var CompensatedSum = class {
  #sum = 0;
  #lost = 0;
  add(term) {
    const next = this.#sum + term;
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - next + term : term - next + this.#sum;
    this.#sum = next;
  }
  get total() {
    return this.#sum + this.#lost;
  }
};

// src/solvers/multidimensional-knapsack-rounding.ts
var firstItems = 48;
var mostItemsSearched = 1e4;
var mostOpenItems = 1500;
var searchNodes = 500;
var negligible = 1e-12;
function roundToWhole(priced, fractional, solveLinear) {
  const { choice, near } = nearestWhole(priced, fractional);
  let found;
  for (let items = firstItems; found === void 0; items *= 4) {
    found = search(priced, choice, near.slice(0, items), solveLinear);
    if (items >= near.length) break;
  }
  if (found === void 0) return void 0;
  const lacking = fractional.bound - found.value;
  if (lacking <= negligible * Math.max(1, Math.abs(fractional.bound))) return { ...found, provedOptimal: true };
  if (priced.problem.items > mostItemsSearched) return { ...found, provedOptimal: false };
  const open = openItems(priced, fractional.prices, found, lacking);
  const better = open && search(priced, found.choice, open, solveLinear);
  return better && better.value >= found.value ? better : { ...found, provedOptimal: false };
}
function nearestWhole(priced, { plan, share, prices }) {
  const { items, choices } = priced.problem;
  const choice = Int32Array.from({ length: items }, (_, item) => priced.choiceOf(item, plan.prices));
  const moved = [];
  forEachItem(plan.alternatives, (item, first, end) => {
    const copies = priced.copiesOf(item);
    let most = copies;
    for (let index = first; index < end; index++) most -= share[index];
    let split = most > 1e-9 && most < copies - 1e-9;
    for (let index = first; index < end; index++) {
      split ||= share[index] > 1e-9 && share[index] < copies - 1e-9;
      if (share[index] <= most) continue;
      most = share[index];
      choice[item] = plan.alternatives.choice[index];
    }
    const worths = Array.from({ length: choices }, (_, other) => priced.worthOf(item, other, prices));
    const own = worths[choice[item]];
    const others = worths.filter((_, other) => other !== choice[item]);
    moved.push({ item, loss: split ? -1 : Math.max(0, own - Math.max(...others)) });
  });
  moved.sort((a, b) => a.loss - b.loss || a.item - b.item);
  return { choice, near: moved.map(({ item }) => ({ item })) };
}
function openItems(priced, prices, { choice, moved }, lacking) {
  const { items, choices } = priced.problem;
  const isSplit = new Set(moved.map(({ item }) => item));
  const open = [];
  const worths = new Float64Array(choices);
  for (let item = 0; item < items; item++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let other = 0; other < choices; other++) {
      worths[other] = priced.worthOf(item, other, prices);
      top = Math.max(top, worths[other]);
    }
    const others = [];
    for (let other = 0; other < choices; other++)
      if (other !== choice[item] && (isSplit.has(item) || top - worths[other] < lacking)) others.push(other);
    if (others.length === 0) continue;
    if (open.length === mostOpenItems) return void 0;
    open.push({ item, others });
  }
  return open;
}
function search(priced, choice, open, solveLinear) {
  const { problem } = priced;
  const { choices } = problem;
  const moves = open.flatMap(({ item, others }) => {
    const all = others ?? Array.from({ length: choices }, (_, other) => other).filter((other) => other !== choice[item]);
    const eligible = all.filter((other) => other === 0 || problem.eligible?.[item * choices + other] !== 0);
    return eligible.map((other) => ({ item, other }));
  });
  if (moves.length === 0) return judged(priced, choice, [], true);
  const { x: x2, status } = solveLinear(moveProgram(priced, choice, moves), { nodes: searchNodes });
  if (x2.length === 0) return void 0;
  const settled = Int32Array.from(choice);
  const moved = [];
  moves.forEach(({ item, other }, index) => {
    const copies = Math.round(x2[index]);
    if (copies > 0 && copies === priced.copiesOf(item)) settled[item] = other;
    else if (copies > 0) moved.push({ item, other, copies });
  });
  return judged(priced, settled, moved, status === "optimal");
}
function judged({ problem, weightScales }, choice, moved, provedOptimal) {
  const { value: value3, used } = totals(problem, choice, moved);
  const keeps = problem.rows.every(({ sense, limit }, row) => {
    const over = sense === "at_most" ? used[row] - limit : limit - used[row];
    return over <= 1e-9 * (Math.abs(limit) + weightScales[row]);
  });
  return keeps ? { choice, moved, value: value3, used, provedOptimal } : void 0;
}
function moveProgram(priced, choice, moves) {
  const { value: value3, rows, choices } = priced.problem;
  const { used } = totals(priced.problem, choice, []);
  const limits = rows.map(({ sense, limit }, row) => {
    const room = (limit - used[row]) / priced.weightScales[row];
    return sense === "at_most" ? room : -room;
  });
  const start = new Int32Array(moves.length + 1);
  const entryRow = [];
  const coefficient = [];
  const gain = Float64Array.from(moves, ({ item, other }, index) => {
    const [at, base] = [item * choices + other, item * choices + choice[item]];
    rows.forEach(({ weight, sense }, row) => {
      const more = (weight[at] - weight[base]) / priced.weightScales[row];
      if (more === 0) return;
      entryRow.push(row);
      coefficient.push(sense === "at_most" ? more : -more);
    });
    if (index === 0 || moves[index - 1].item !== item) limits.push(priced.copiesOf(item));
    entryRow.push(limits.length - 1);
    coefficient.push(1);
    start[index + 1] = entryRow.length;
    return (value3[at] - value3[base]) / priced.valueScale;
  });
  return {
    gain,
    lower: new Float64Array(moves.length),
    upper: Float64Array.from(moves, ({ item }) => priced.copiesOf(item)),
    limit: Float64Array.from(limits),
    start,
    row: Int32Array.from(entryRow),
    coefficient: Float64Array.from(coefficient),
    whole: new Int32Array(moves.length).fill(1)
  };
}
function totals({ items, choices, value: value3, rows, copies }, choice, moved) {
  const valueSum = new CompensatedSum();
  const used = rows.map(() => new CompensatedSum());
  const add = (at, times) => {
    valueSum.add(times * value3[at]);
    for (let row = 0; row < rows.length; row++) used[row].add(times * rows[row].weight[at]);
  };
  for (let item = 0; item < items; item++) add(item * choices + choice[item], copies?.[item] ?? 1);
  for (const { item, other, copies: times } of moved) {
    add(item * choices + choice[item], -times);
    add(item * choices + other, times);
  }
  return { value: valueSum.total, used: Float64Array.from(used, ({ total }) => total) };
}

// src/solvers/multidimensional-knapsack.ts
var wholeChoices = 8e3;
var sampleGrowth = 16;
function solveMultidimensionalKnapsack(problem, solveLinear, { warmPrices } = {}) {
  check(problem);
  const different = withoutRepeats(problem);
  const priced = new PricedChoices(different?.problem ?? problem);
  for (let highestPrice = 1e4; ; highestPrice *= 1e4) {
    const relaxed = relaxation(priced, solveLinear, highestPrice, warmPrices);
    if (relaxed.exceeded.every((amount) => amount === 0)) {
      const whole = roundToWhole(priced, relaxed, solveLinear);
      if (whole === void 0) return { status: "no_whole_plan" };
      const choice = different ? choicesOf(whole, different.group) : whole.choice;
      return solution(priced, relaxed, whole, choice);
    }
    const contradiction = findContradiction(priced, solveLinear);
    if (contradiction) return contradiction;
    if (highestPrice > 1e12) throw new Error(`prices beyond ${highestPrice} mean values per mean weight`);
  }
}
function relaxation(priced, solveLinear, highestPrice, warmPrices) {
  const { items, choices } = priced.problem;
  let search2 = { radius: Number.POSITIVE_INFINITY, highestPrice };
  if (warmPrices) search2 = { start: Float64Array.from(warmPrices), radius: 0.02, highestPrice };
  else {
    for (let count = Math.ceil(wholeChoices / choices); count < items; count *= sampleGrowth) {
      const { prices } = searchPrices(priced.sample(count), solveLinear, search2);
      search2 = { start: prices, radius: 1.5 / Math.sqrt(count), highestPrice };
    }
  }
  return searchPrices(priced, solveLinear, search2);
}
function solution({ passes }, { bound, value: relaxedValue, prices }, { value: value3, used, provedOptimal }, choice) {
  const relative2 = (difference) => Math.max(0, difference) / Math.max(1, Math.abs(bound));
  return {
    status: "solved",
    choice,
    value: value3,
    used,
    prices: prices.map(Math.abs),
    bound,
    gap: relative2(bound - value3),
    relaxationGap: relative2(bound - relaxedValue),
    provedOptimal,
    passes
  };
}
function findContradiction(priced, solveLinear) {
  const { problem } = priced;
  const worthless = new PricedChoices({ ...problem, value: new Float64Array(problem.items * problem.choices) });
  const { exceeded, prices } = relaxation(worthless, solveLinear, 1);
  if (exceeded.every((amount) => amount === 0)) return void 0;
  const conflicting = problem.rows.flatMap(
    (_, row) => Math.abs(prices[row]) * priced.weightScales[row] > 1e-6 ? [row] : []
  );
  return { status: "contradiction", relaxations: exceeded, conflicting };
}
function check({ items, choices, value: value3, eligible, rows }) {
  const cells2 = items * choices;
  if (choices < 1) throw new InputError("shape_mismatch", { array: "choices", length: choices, expected: 1 });
  const arrays = { value: value3, eligible, ...Object.fromEntries(rows.map(({ weight }, row) => [`weight ${row}`, weight])) };
  for (const [array, numbers] of Object.entries(arrays)) {
    if (numbers !== void 0 && numbers.length !== cells2) {
      throw new InputError("shape_mismatch", { array, length: numbers.length, expected: cells2 });
    }
  }
  rows.forEach(({ limit }, row) => {
    if (!Number.isFinite(limit)) throw new InputError("limit_not_a_number", { row, limit });
  });
}

// src/solvers/multiple-choice-knapsack-core.ts
var coreItems = 128;
var maximumStates = 2048;
var negligible2 = 1e-13;
function improveAroundBreak(problem, choice, price, room, bound) {
  const start = price * room;
  const { core, outsideRate } = selectCore(problem, choice, price, start);
  if (core.length === 0) return true;
  const rates = ratesToCome(core, outsideRate);
  const layers = [{ ...createLayer(1), count: 1 }];
  let gained = 0;
  let path = [];
  let proved = true;
  let left = 1;
  for (let depth = 0; depth < core.length && left > 0 && start - gained > negligible2 * Math.abs(bound); depth++) {
    const layer = expand(layers[depth], core[depth], start - gained);
    layers.push(layer);
    const state = lastWithin(layer, room);
    if (state >= 0 && layer.value[state] > gained) {
      gained = layer.value[state];
      path = trace(layers, state);
    }
    prune(layer, { price, room, best: start - gained, up: rates.up[depth + 1], down: rates.down[depth + 1] });
    proved = truncate(layer) && proved;
    left = layer.count;
  }
  path.forEach((chosen, depth) => {
    choice[core[depth].item] = core[depth].choices[chosen].choice;
  });
  return proved && left === 0 || start - gained <= negligible2 * Math.abs(bound);
}
function selectCore(problem, choice, price, best) {
  const { items, choices, value: value3, cost, eligible } = problem;
  const kept = [];
  let outsideRate = Infinity;
  for (let item = 0; item < items; item++) {
    const row = item * choices;
    const base = row + choice[item];
    let rate = Infinity;
    for (let at = row; at < row + choices; at++) {
      if (at === base || at > row && eligible !== void 0 && eligible[at] === 0) continue;
      const moved = cost[at] - cost[base];
      const loss = Math.max(0, price * moved - (value3[at] - value3[base]));
      if (moved !== 0 && loss < best) rate = Math.min(rate, loss / Math.abs(moved));
    }
    if (rate === Infinity) continue;
    if (kept.length === coreItems && rate >= kept[coreItems - 1].rate) {
      outsideRate = Math.min(outsideRate, rate);
      continue;
    }
    let position = kept.length;
    while (position > 0 && kept[position - 1].rate > rate) position--;
    kept.splice(position, 0, { item, rate });
    if (kept.length > coreItems) outsideRate = Math.min(outsideRate, kept.pop()?.rate ?? Infinity);
  }
  const core = kept.map(
    ({ item, rate }) => ({ item, rate, choices: coreChoices(problem, choice, item, price) })
  );
  return { core, outsideRate };
}
function coreChoices(problem, choice, item, price) {
  const { choices, value: value3, cost, eligible } = problem;
  const base = item * choices + choice[item];
  const list = [{ choice: choice[item], cost: 0, value: 0, loss: 0 }];
  for (let other = 0; other < choices; other++) {
    const at = item * choices + other;
    if (at === base || other > 0 && eligible !== void 0 && eligible[at] === 0) continue;
    const moved = { cost: cost[at] - cost[base], value: value3[at] - value3[base] };
    if (moved.cost !== 0) list.push({ choice: other, ...moved, loss: Math.max(0, price * moved.cost - moved.value) });
  }
  return list;
}
function ratesToCome(core, outsideRate) {
  const up = new Float64Array(core.length + 1).fill(outsideRate);
  const down = new Float64Array(core.length + 1).fill(outsideRate);
  for (let depth = core.length - 1; depth >= 0; depth--) {
    up[depth] = up[depth + 1];
    down[depth] = down[depth + 1];
    for (const { cost, loss } of core[depth].choices) {
      if (cost > 0) up[depth] = Math.min(up[depth], loss / cost);
      if (cost < 0) down[depth] = Math.min(down[depth], loss / -cost);
    }
  }
  return { up, down };
}
function createLayer(capacity) {
  return {
    cost: new Float64Array(capacity),
    value: new Float64Array(capacity),
    parent: new Int32Array(capacity),
    chosen: new Int32Array(capacity),
    least: new Float64Array(capacity),
    count: 0
  };
}
function expand(from, item, best) {
  let merged = createLayer(0);
  for (let chosen = 0; chosen < item.choices.length; chosen++) {
    if (chosen === 0 || item.choices[chosen].loss < best)
      merged = mergeShifted(merged, from, item.choices[chosen], chosen);
  }
  return merged;
}
function mergeShifted(held, from, shift, chosen) {
  const merged = createLayer(held.count + from.count);
  let left = 0;
  let right = 0;
  while (left < held.count || right < from.count) {
    const rightCost = right < from.count ? from.cost[right] + shift.cost : Infinity;
    const rightValue = right < from.count ? from.value[right] + shift.value : -Infinity;
    const leftFirst = right === from.count || left < held.count && (held.cost[left] < rightCost || held.cost[left] === rightCost && held.value[left] >= rightValue);
    const value3 = leftFirst ? held.value[left] : rightValue;
    if (merged.count === 0 || value3 > merged.value[merged.count - 1]) {
      merged.cost[merged.count] = leftFirst ? held.cost[left] : rightCost;
      merged.value[merged.count] = value3;
      merged.parent[merged.count] = leftFirst ? held.parent[left] : right;
      merged.chosen[merged.count] = leftFirst ? held.chosen[left] : chosen;
      merged.count++;
    }
    if (leftFirst) left++;
    else right++;
  }
  return merged;
}
function lastWithin(layer, room) {
  let state = layer.count - 1;
  while (state >= 0 && layer.cost[state] > room) state--;
  return state;
}
function prune(layer, { price, room, best, up, down }) {
  let kept = 0;
  for (let state = 0; state < layer.count; state++) {
    const unused = room - layer.cost[state];
    const loss = price * layer.cost[state] - layer.value[state];
    let least = price * room - layer.value[state];
    if (unused < 0) least = loss - down * unused;
    else if (up < price) least = loss + up * unused;
    layer.least[state] = least;
    if (least < best) copyState(layer, state, kept++);
  }
  layer.count = kept;
}
function truncate(layer) {
  if (layer.count <= maximumStates) return true;
  const threshold = layer.least.slice(0, layer.count).sort()[maximumStates - 1];
  let kept = 0;
  for (let state = 0; state < layer.count && kept < maximumStates; state++) {
    if (layer.least[state] <= threshold) copyState(layer, state, kept++);
  }
  layer.count = kept;
  return false;
}
function copyState(layer, from, to) {
  layer.cost[to] = layer.cost[from];
  layer.value[to] = layer.value[from];
  layer.parent[to] = layer.parent[from];
  layer.chosen[to] = layer.chosen[from];
  layer.least[to] = layer.least[from];
}
function trace(layers, state) {
  const path = [];
  for (let depth = layers.length - 1, at = state; depth > 0; depth--) {
    path.unshift(layers[depth].chosen[at]);
    at = layers[depth].parent[at];
  }
  return path;
}

// src/solvers/multiple-choice-knapsack.ts
var costTolerance = 1e-12;
var binCount = 65536;
function solveMultipleChoiceKnapsack(problem, budget) {
  const scale = checkProblem(problem, budget);
  const hull = new Hull(problem);
  const tolerance2 = costTolerance * Math.max(scale, Number.isFinite(budget) ? Math.abs(budget) : 0);
  const limit = budget + tolerance2;
  const histogram = countIncrements(hull);
  if (histogram.leastCost > limit) {
    throw new InputError("budget_unattainable", { budget, attainable: histogram.leastCost });
  }
  const { choice, breakAt } = fillToBreak(hull, histogram, limit);
  const greedy = totals2(problem, choice);
  if (breakAt === void 0) {
    const bound2 = dualBound(problem, 0, 0);
    const gap = relative(bound2 - greedy.value, bound2);
    return { choice, ...greedy, price: 0, bound: bound2, gap, relaxationGap: gap, provedOptimal: true };
  }
  const { item, lower, upper } = breakAt;
  const row = item * problem.choices;
  const stepCost = problem.cost[row + upper] - problem.cost[row + lower];
  const stepValue = problem.value[row + upper] - problem.value[row + lower];
  const price = stepValue / stepCost;
  const share = Math.min(1, Math.max(0, (budget - greedy.cost) / stepCost));
  const bound = dualBound(problem, price, budget);
  const provedOptimal = improveAroundBreak(problem, choice, price, Math.max(0, limit - greedy.cost), bound);
  const whole = totals2(problem, choice);
  return {
    choice,
    ...whole,
    price,
    bound,
    gap: relative(bound - whole.value, bound),
    relaxationGap: relative(bound - (greedy.value + share * stepValue), bound),
    provedOptimal,
    fractional: { item, lower, upper, share }
  };
}
function relative(difference, bound) {
  return Math.max(0, difference) / Math.max(1, Math.abs(bound));
}
function checkProblem({ items, choices, value: value3, cost, eligible }, budget) {
  const cells2 = items * choices;
  for (const [array, length] of Object.entries({
    value: value3.length,
    cost: cost.length,
    eligible: eligible?.length
  })) {
    if (length !== void 0 && length !== cells2) {
      throw new InputError("shape_mismatch", { array, length, expected: cells2 });
    }
  }
  if (choices < 1) throw new InputError("shape_mismatch", { array: "choices", length: choices, expected: 1 });
  if (Number.isNaN(budget)) throw new InputError("budget_not_a_number", { budget });
  let scale = 0;
  for (let item = 0, at = 0; item < items; item++) {
    let largest = 0;
    for (let choice = 0; choice < choices; choice++, at++) {
      if (choice > 0 && eligible !== void 0 && eligible[at] === 0) continue;
      if (!Number.isFinite(value3[at]) || !Number.isFinite(cost[at])) {
        const array = Number.isFinite(value3[at]) ? "cost" : "value";
        throw new InputError("value_not_finite", { array, item, choice, found: String({ value: value3, cost }[array][at]) });
      }
      largest = Math.max(largest, Math.abs(cost[at]));
    }
    scale += largest;
  }
  return scale;
}
var Hull = class {
  problem;
  /** Choices on the hull, by rising cost. */
  vertex;
  /** Value per cost of the step up to this vertex; strictly falling from index 1 on. */
  efficiency;
  #byCost;
  constructor(problem) {
    this.problem = problem;
    this.vertex = new Int32Array(problem.choices);
    this.efficiency = new Float64Array(problem.choices);
    this.#byCost = new Int32Array(problem.choices);
  }
  /** Finds the hull of an item and returns its number of vertices (≥ 1). */
  of(item) {
    const { choices, value: value3, cost } = this.problem;
    const { vertex, efficiency } = this;
    const byCost = this.#byCost;
    const eligibleCount = this.#sortByCost(item);
    const row = item * choices;
    vertex[0] = byCost[0];
    let count = 1;
    for (let position = 1; position < eligibleCount; position++) {
      const choice = byCost[position];
      const choiceValue = value3[row + choice];
      if (choiceValue <= value3[row + vertex[count - 1]]) continue;
      for (; ; ) {
        const below = row + vertex[count - 1];
        const slope = (choiceValue - value3[below]) / (cost[row + choice] - cost[below]);
        if (count === 1 || slope < efficiency[count - 1]) {
          vertex[count] = choice;
          efficiency[count] = slope;
          count++;
          break;
        }
        count--;
      }
    }
    return count;
  }
  /** Eligible choices by rising cost; of equal cost the most valuable first, then the first named. */
  #sortByCost(item) {
    const { choices, value: value3, cost, eligible } = this.problem;
    const byCost = this.#byCost;
    const row = item * choices;
    let count = 0;
    for (let choice = 0; choice < choices; choice++) {
      const at = row + choice;
      if (choice > 0 && eligible !== void 0 && eligible[at] === 0) continue;
      let position = count++;
      for (; position > 0; position--) {
        const before = row + byCost[position - 1];
        if (cost[before] < cost[at] || cost[before] === cost[at] && value3[before] >= value3[at]) break;
        byCost[position] = byCost[position - 1];
      }
      byCost[position] = choice;
    }
    return count;
  }
};
var binFloat = new Float32Array(1);
var binBits = new Uint32Array(binFloat.buffer);
function binOf(efficiency) {
  binFloat[0] = efficiency;
  return binBits[0] >>> 15;
}
function countIncrements(hull) {
  const { items, choices, cost } = hull.problem;
  const costOfBin = new Float64Array(binCount);
  const least = new CompensatedSum();
  for (let item = 0; item < items; item++) {
    const row = item * choices;
    const count = hull.of(item);
    least.add(cost[row + hull.vertex[0]]);
    for (let step = 1; step < count; step++) {
      costOfBin[binOf(hull.efficiency[step])] += cost[row + hull.vertex[step]] - cost[row + hull.vertex[step - 1]];
    }
  }
  return { leastCost: least.total, costOfBin };
}
function fillToBreak(hull, { leastCost, costOfBin }, limit) {
  const { choices, cost } = hull.problem;
  let critical = binCount - 1;
  for (let filled = leastCost; critical > 0 && filled + costOfBin[critical] <= limit; critical--) {
    filled += costOfBin[critical];
  }
  for (; ; critical--) {
    const { choice, steps } = takeAbove(hull, critical);
    steps.sort((a, b) => b.efficiency - a.efficiency || a.item - b.item);
    let spent = totals2(hull.problem, choice).cost;
    for (const step of steps) {
      const row = step.item * choices;
      const stepCost = cost[row + step.upper] - cost[row + step.lower];
      if (spent + stepCost > limit) return { choice, breakAt: step };
      spent += stepCost;
      choice[step.item] = step.upper;
    }
    while (critical > 0 && costOfBin[critical - 1] === 0) critical--;
    if (critical === 0) return { choice, breakAt: void 0 };
  }
}
function takeAbove(hull, critical) {
  const { items } = hull.problem;
  const choice = new Int32Array(items);
  const steps = [];
  for (let item = 0; item < items; item++) {
    const count = hull.of(item);
    let step = 1;
    while (step < count && binOf(hull.efficiency[step]) > critical) step++;
    choice[item] = hull.vertex[step - 1];
    for (; step < count && binOf(hull.efficiency[step]) === critical; step++) {
      steps.push({
        item,
        lower: hull.vertex[step - 1],
        upper: hull.vertex[step],
        efficiency: hull.efficiency[step]
      });
    }
  }
  return { choice, steps };
}
function dualBound({ items, choices, value: value3, cost, eligible }, price, budget) {
  const sum = new CompensatedSum();
  for (let item = 0; item < items; item++) {
    const row = item * choices;
    let best = value3[row] - price * cost[row];
    for (let at = row + 1; at < row + choices; at++) {
      if (eligible !== void 0 && eligible[at] === 0) continue;
      const reduced = value3[at] - price * cost[at];
      if (reduced > best) best = reduced;
    }
    sum.add(best);
  }
  sum.add(price * budget);
  return sum.total;
}
function totals2({ items, choices, value: value3, cost }, choice) {
  const valueSum = new CompensatedSum();
  const costSum = new CompensatedSum();
  for (let item = 0; item < items; item++) {
    valueSum.add(value3[item * choices + choice[item]]);
    costSum.add(cost[item * choices + choice[item]]);
  }
  return { value: valueSum.total, cost: costSum.total };
}

// ../../tmp/try.ts
var lp = await openLinearProgramSolver();
var N = Number(process.argv[2]);
var K = 8;
var r = createRandom("try");
var cells = N * K;
var S = new Float64Array(cells);
var L = new Float64Array(cells);
var c = new Float64Array(cells);
var ones = new Float64Array(cells);
var ch = new Float64Array(cells);
for (let i = 0; i < N; i++) for (let k = 1; k < K; k++) {
  const at = i * K + k;
  S[at] = 2 * r.normal() + 0.3;
  L[at] = 3 * r.normal() + 0.2;
  c[at] = Math.round(100 * Math.abs(r.normal() + 2)) / 100;
  ones[at] = 1;
  ch[at] = k < 4 ? 1 : 0;
}
var value = S.map((s2, i) => 0.5 * s2 + 0.5 * L[i]);
var t = (f) => {
  const b = performance.now();
  const x2 = f();
  return [x2, ((performance.now() - b) / 1e3).toFixed(2)];
};
var [one, s1] = t(() => solveMultipleChoiceKnapsack({ items: N, choices: K, value, cost: c }, 0.3 * N));
console.log("one row knapsack", s1, one.value, one.bound, one.gap);
var show = (name, x2, s2) => console.log(name, s2, x2.status, x2.value, x2.bound, "gap", x2.gap, "rel", x2.relaxationGap, x2.passes, x2.prices, x2.used, x2.provedOptimal, x2.relaxations, x2.conflicting);
var rows1 = [{ weight: c, sense: "at_most", limit: 0.3 * N }];
var x;
var s;
[x, s] = t(() => solveMultidimensionalKnapsack({ items: N, choices: K, value, rows: rows1 }, lp));
show("one", x, s);
var rows4 = [...rows1, { weight: ones, sense: "at_most", limit: 0.25 * N }, { weight: ch, sense: "at_most", limit: 0.05 * N }, { weight: L, sense: "at_least", limit: 1 * N }];
[x, s] = t(() => solveMultidimensionalKnapsack({ items: N, choices: K, value, rows: rows4 }, lp));
show("four", x, s);
var warm = x.prices.map((p, i) => p * (i === 3 ? -1 : 1));
var value2 = S.map((s2, i) => 0.45 * s2 + 0.55 * L[i]);
[x, s] = t(() => solveMultidimensionalKnapsack({ items: N, choices: K, value: value2, rows: rows4 }, lp, { warmPrices: warm }));
show("warm", x, s);
var bad = [...rows1, { weight: L, sense: "at_least", limit: 3 * N }, { weight: ch, sense: "at_most", limit: 0.05 * N }];
[x, s] = t(() => solveMultidimensionalKnapsack({ items: N, choices: K, value, rows: bad }, lp));
show("bad", x, s);
if (process.env.FLAT) {
}
var flat = new Float64Array(cells);
var fc = new Float64Array(cells);
for (let i = 0; i < N; i++) for (let k = 1; k < K; k++) {
  flat[i * K + k] = k;
  fc[i * K + k] = k * k * 0.5;
}
[x, s] = t(() => solveMultidimensionalKnapsack({ items: N, choices: K, value: flat, rows: [{ weight: fc, sense: "at_most", limit: 1.3 * N }, { weight: ones, sense: "at_most", limit: 0.7 * N }] }, lp));
show("flat", x, s);
