import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "c12";
import { z } from "zod";
import { InputError } from "../base/errors.ts";
import { statedAmount } from "../base/money.ts";
import { cleanSchema, ruleNames } from "./clean-config.ts";
import { schemaAt, shapeOf } from "./schema-shape.ts";

const assumedEffect = z.strictObject({
  /** Change of value inside the short horizon, as a share of the customer's predicted value there. */
  shortShare: z.number(),
  longShare: z.number().default(0),
  /** Contact, media and gift cost per customer, major units. */
  costPerCustomer: z.number().min(0).default(0),
});

/** Major units of the workspace's currency, which may be named: a budget in another one is refused, never converted. */
const error = 'neither a number nor an amount with its currency, such as "5000 EUR"';
const amount = z.union([z.number(), z.string().regex(statedAmount, { error })], { error });

/** Everything a project can set; `longrun.config.ts` holds what differs from these defaults. */
export const configSchema = z.strictObject({
  /** Workspace currency; default: the currency with most sales in the sources. */
  currency: z.string().length(3).optional(),
  /** IANA name; business dates are the shop's days. */
  timezone: z.string().refine(isTimezone, "not the name of a time zone, such as Europe/Berlin").default("UTC"),
  language: z.enum(["en", "zh-CN"]).default("en"),
  seed: z.string().default("longrun"),
  threads: z.number().int().min(1).default(2),
  memoryLimitMb: z.number().int().min(200).default(600),
  valueBasis: z.enum(["margin", "net", "revenue"]).default("margin"),
  /** Margin as a share of net sales where unit costs are unknown; marks every value as assumed. */
  marginShare: z.number().gt(0).max(1).optional(),
  /** Cut-off; default: the end of the data. */
  asOf: z.iso.date().optional(),
  shortHorizonDays: z.number().int().min(7).default(90),
  clvHorizonDays: z.number().int().min(30).default(365),
  annualDiscountRate: z.number().min(0).max(1).default(0.1),
  ingest: z
    .strictObject({
      maxSetAsideShare: z.number().min(0).max(1).default(0.05),
      /** Order of dates like 02/03/2024 in files whose own dates do not prove it. */
      dateOrder: z.enum(["day_first", "month_first"]).optional(),
      /** Answers to what no export can say: preset → question → answer (docs/imports.md). */
      presets: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    })
    .prefault({}),
  clean: cleanSchema.prefault({}),
  train: z
    .strictObject({
      /** Width of each hidden layer of the value network. */
      hiddenUnits: z.array(z.number().int().min(1)).min(1).default([64, 64]),
      /** Networks trained from different seeds and averaged. */
      members: z.number().int().min(1).default(2),
      maxEpochs: z.number().int().min(1).default(10),
      /** At its peak; it falls to a tenth of it over the epochs. */
      learningRate: z.number().gt(0).max(1).default(6e-3),
      /** Share of each weight taken off at every step, times the learning rate. */
      weightDecay: z.number().min(0).max(1).default(1e-3),
      /** The sequence network, which reads the last baskets beside the features. */
      sequence: z
        .strictObject({
          /** 0 for none. */
          members: z.number().int().min(0).default(1),
          /** The last so many of a customer are read. */
          baskets: z.number().int().min(1).max(64).default(6),
          /** What it remembers of them. */
          stateUnits: z.number().int().min(1).default(8),
          hiddenUnits: z.array(z.number().int().min(1)).min(1).default([16]),
        })
        .prefault({}),
    })
    .prefault({}),
  plan: z
    .strictObject({
      /** 0 looks only at the short horizon, 1 only beyond it, 0.5 maximises total lifetime profit. */
      balance: z.number().min(0).max(1).default(0.5),
      /** Expected redeemed discounts and contact cost, major units; default: 2 % of net sales of the last short horizon. */
      budget: amount.optional(),
      /** For all plans of so many days together, what logged offers cost in them taken off; stands in for the default budget. */
      budgetPerPeriod: z.strictObject({ amount, days: z.number().int().min(1) }).optional(),
      /** At most so many customers get anything. */
      maximumContacts: z.number().int().min(0).optional(),
      /** For all plans of so many days together. */
      maximumContactsPerPeriod: z
        .strictObject({ contacts: z.number().int().min(0), days: z.number().int().min(1) })
        .optional(),
      /** Units there are of what an offer gives away: { gift: 500 }. */
      stock: z.record(z.string(), z.number().int().min(0)).default({}),
      /** The days on which an offer may be sent, both included: { black_friday: { from: "2026-11-20", until: "2026-11-30" } }. */
      sendDates: z
        .record(z.string(), z.strictObject({ from: z.iso.date().optional(), until: z.iso.date().optional() }))
        .default({}),
      /** Days on which nothing is sent. */
      quietDates: z.array(z.iso.date()).default([]),
      /** At least so much value beyond the short horizon, major units; may be negative. */
      minimumLong: amount.optional(),
      /** At least so much lifetime profit in all: the floor on CLV, major units. */
      minimumTotal: amount.optional(),
      /** Any other limit: "ads=cost[channel=ads]<=500", "return=short-0.2*cost>=0" (docs/methods/allocation.md). */
      limits: z.array(z.string()).default([]),
      /** Never these: "deep_coupon[value_decile=1]", or "*[country=NO]" for every offer. */
      forbid: z.array(z.string()).default([]),
      /** For these customers this or nothing: "recommendations[quadrant=steady_regulars]". */
      force: z.array(z.string()).default([]),
      explorationShare: z.number().min(0).lt(1).default(0.05),
      holdoutShare: z.number().min(0).lt(1).default(0.05),
      eligibleWithinDays: z.number().int().min(1).default(365),
      /** Customers whose last offer is younger get none. */
      minimumDaysBetweenOffers: z.number().int().min(1).optional(),
      /** Customers who had so many offers in the last 90 days get none. */
      maximumOffersPer90Days: z.number().int().min(1).optional(),
    })
    .prefault({}),
  /** Effects stated instead of measured, by offer; used only where no randomised decisions were logged. */
  assumedEffects: z.record(z.string(), assumedEffect).default({}),
});

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

export type Config = z.output<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;

/** For `longrun.config.ts`: types and nothing else. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

const endings = ["ts", "js", "mjs", "json"];

/** What the project's own file says, unchecked, and which file that is. Throws InputError unreadable_config. */
export async function readStatedConfig(projectDirectory: string): Promise<{ stated: ConfigInput; file?: string }> {
  const files = endings.map((ending) => join(projectDirectory, `longrun.config.${ending}`));
  const file = files.find((path) => existsSync(path));
  if (file === undefined) return { stated: {} };
  try {
    const options = { cwd: projectDirectory, name: "longrun", rcFile: false, globalRc: false, dotenv: false } as const;
    return { stated: (await loadConfig(options)).config as ConfigInput, file };
  } catch (cause) {
    throw new InputError("unreadable_config", { path: projectDirectory, problem: firstLine(cause) }, { cause });
  }
}

/** Reads and checks the project's configuration; `overrides` (from the command line) win. */
export async function readConfig(projectDirectory: string, overrides: ConfigInput = {}): Promise<Config> {
  const { stated } = await readStatedConfig(projectDirectory);
  return checkConfig({ ...stated, ...overrides });
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
}

/** The settings there are in a section of the configuration. */
function settingsBeside(path: readonly PropertyKey[]): string[] {
  const section = path.reduce<z.core.$ZodType | undefined>(
    (schema, key) => schemaAt(schema, String(key)),
    configSchema,
  );
  return Object.keys(shapeOf(section));
}

export function checkConfig(input: unknown): Config {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue.code === "unrecognized_keys" && issue.path.join(".") === "clean.rules")
      throw new InputError("unknown_rule", { rule: issue.keys[0], known: ruleNames });
    if (issue.code === "unrecognized_keys") {
      const setting = [...issue.path, issue.keys[0]].join(".");
      throw new InputError("unknown_setting", { setting, known: settingsBeside(issue.path) });
    }
    throw new InputError("invalid_config", {
      file: "longrun.config",
      option: issue.path.join("."),
      value: JSON.stringify(issue.path.reduce<unknown>((inner, key) => (inner as never)?.[key], input)) ?? "undefined",
      problem: issue.message,
    });
  }
  const { budget = 0, budgetPerPeriod } = parsed.data.plan;
  for (const stated of [budget, budgetPerPeriod?.amount ?? 0])
    if (Number.parseFloat(String(stated)) < 0) throw new InputError("negative_budget", { budget: stated });
  return parsed.data;
}
