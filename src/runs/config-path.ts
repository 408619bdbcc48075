import { InputError } from "../base/errors.ts";
import { type Config, type ConfigInput, configSchema } from "./config.ts";
import { numberKindOf, shapeOf } from "./schema-shape.ts";

/** One place of the configuration, such as `train.learningRate`. */
export interface Setting {
  readonly path: string;
  readonly keys: readonly string[];
  /** Undefined for what is no number. */
  readonly numberKind?: "real" | "integer";
}

/** The setting at a path, its keys divided by dots; a key may hold dots itself. Throws InputError unknown_setting. */
export function settingAt(path: string): Setting {
  const keys: string[] = [];
  let schema: Parameters<typeof shapeOf>[0] = configSchema;
  for (let rest = path; rest !== ""; ) {
    const shape = shapeOf(schema);
    const key = Object.keys(shape).find((name) => rest === name || rest.startsWith(`${name}.`));
    if (key === undefined) throw new InputError("unknown_setting", { setting: path, known: Object.keys(shape) });
    keys.push(key);
    schema = shape[key];
    rest = rest.slice(key.length + 1);
  }
  return { path, keys, numberKind: numberKindOf(schema) };
}

/** The configuration with one setting changed; sections that are missing, or only switched on, are made for it. */
export function withSetting(config: ConfigInput, keys: readonly string[], value: unknown): ConfigInput {
  const [key, ...rest] = keys;
  if (key === undefined) return value as ConfigInput;
  const section = (typeof config === "object" && config !== null ? config : {}) as Record<string, never>;
  return { ...section, [key]: withSetting(section[key], rest, value) } as ConfigInput;
}

/** What a finished configuration says there; undefined where the section is switched off. */
export function settingOf(config: Config, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((section, key) => (section as never)?.[key], config);
}
