import { InputError } from "../base/errors.ts";

/** Beliefs about a parameter before the data: maximum a posteriori instead of maximum likelihood. */
export type Prior =
  | { readonly distribution: "lognormal" /** Of ln parameter. */; readonly mean: number; readonly sd: number }
  | { readonly distribution: "gamma"; readonly shape: number; readonly rate: number }
  | { readonly distribution: "half-normal"; readonly sd: number }
  | { readonly distribution: "normal"; readonly mean: number; readonly sd: number };

export type Priors = Readonly<Record<string, Prior>>;

/** What stands between the brackets of each distribution, in order. */
const argumentsOf = {
  lognormal: ["mean", "sd"],
  gamma: ["shape", "rate"],
  "half-normal": ["sd"],
  normal: ["mean", "sd"],
} as const;

/** `a=lognormal(0,1)` as ["a", …]. Throws InputError invalid_prior. */
export function parsePrior(text: string, known: readonly string[]): [string, Prior] {
  const [, name, distribution, inside] = /^\s*([^=]+?)\s*=\s*([a-z-]+)\s*\(([^()]*)\)\s*$/.exec(text) ?? [];
  const refuse = (reason: string) => new InputError("invalid_prior", { value: text, reason, known });
  if (name === undefined) throw refuse("prior_form");
  if (!(distribution in argumentsOf)) throw refuse("prior_distribution");
  const names = argumentsOf[distribution as keyof typeof argumentsOf];
  const numbers = inside.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.length !== names.length) throw refuse("prior_form");
  const given = names.map((argument, at) => [argument, numbers[at]]);
  const prior = { distribution, ...Object.fromEntries(given) } as Prior;
  checkPrior(name, prior, { value: text, known });
  return [name, prior];
}

/** `lognormal(0, 1)`, as it is typed and printed. */
export function describePrior(prior: Prior): string {
  const values = argumentsOf[prior.distribution].map((name) => (prior as unknown as Record<string, number>)[name]);
  return `${prior.distribution}(${values.join(", ")})`;
}

/** Throws InputError invalid_prior where a number is missing, or a spread, shape or rate is not above 0. */
export function checkPrior(
  name: string,
  prior: Prior,
  { value = `${name}=${describePrior(prior)}`, known }: { value?: string; known: readonly string[] },
): void {
  if (!known.includes(name)) throw new InputError("invalid_prior", { value, reason: "prior_parameter", known });
  for (const [argument, number] of Object.entries(prior)) {
    if (argument === "distribution") continue;
    const isUsable = Number.isFinite(number) && (argument === "mean" || Number(number) > 0);
    if (!isUsable) throw new InputError("invalid_prior", { value, reason: "prior_number", known });
  }
}

/** ln density but for a constant, and its derivative. */
export function logPrior(prior: Prior | undefined, value: number): { log: number; slope: number } {
  if (!prior) return { log: 0, slope: 0 };
  if (prior.distribution === "lognormal") {
    const z = (Math.log(value) - prior.mean) / prior.sd;
    return { log: -0.5 * z * z - Math.log(value), slope: -(z / prior.sd + 1) / value };
  }
  if (prior.distribution === "gamma") {
    return {
      log: (prior.shape - 1) * Math.log(value) - prior.rate * value,
      slope: (prior.shape - 1) / value - prior.rate,
    };
  }
  const mean = prior.distribution === "normal" ? prior.mean : 0;
  return { log: -0.5 * ((value - mean) / prior.sd) ** 2, slope: -(value - mean) / prior.sd ** 2 };
}
