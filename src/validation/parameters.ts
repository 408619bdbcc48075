import { InputError } from "../base/errors.ts";
import { type ConfigInput, checkConfig } from "../runs/config.ts";
import { settingAt, withSetting } from "../runs/config-path.ts";
import { checkSpace, type Parameter, type ParameterValue, type ParameterValues, type Space } from "../tuning/space.ts";

/** What is searched unless something else is asked for: how fast, how long, how large and how smooth the network learns. */
const usualParameters = [
  "train.learningRate=0.001..0.03:log",
  "train.weightDecay=0.00001..0.1:log",
  "train.maxEpochs=5..40:log",
  "train.hiddenUnits=[32],[64,64],[128,128]",
];

/** Sections whose settings change what is forecast; the others change what is forecast about, or what is done with it. */
const tunableSections = ["clean", "train"];

/**
 * The space of texts such as `train.learningRate=0.001..0.03:log` and `train.members=1,2,4`; every end and choice must be a
 * value the configuration takes. Throws InputError invalid_parameter, unknown_setting, setting_not_tunable,
 * parameter_value_refused, and what `checkSpace` throws.
 */
export function spaceOf(texts: readonly string[], stated: ConfigInput): Space {
  const space = (texts.length > 0 ? texts : usualParameters).map(parameterOf);
  checkSpace(space);
  for (const parameter of space) {
    const values = parameter.kind === "choice" ? parameter.choices : [parameter.low, parameter.high];
    for (const value of values) refuseImpossible(parameter.name, value, stated);
  }
  return space;
}

function parameterOf(text: string): Parameter {
  const [, name, values] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw new InputError("invalid_parameter", { parameter: text });
  const { keys, numberKind = "real" } = settingAt(name);
  if (!tunableSections.includes(keys[0]))
    throw new InputError("setting_not_tunable", { setting: name, sections: tunableSections });
  const range = /^([^,[{"]+?)\.\.([^,[{"]+?)(:log)?$/.exec(values);
  if (!range) return { name, kind: "choice", choices: choicesOf(values) };
  const [low, high] = [Number(range[1]), Number(range[2])];
  if (!Number.isFinite(low) || !Number.isFinite(high)) throw new InputError("invalid_parameter", { parameter: text });
  return { name, kind: numberKind, low, high, scale: range[3] ? "log" : "linear" };
}

/** JSON values and plain words, divided by commas; those inside a list or an object divide nothing. */
function choicesOf(text: string): ParameterValue[] {
  const choices: ParameterValue[] = [];
  let piece = "";
  for (const part of text.split(",")) {
    piece = piece === "" ? part.trim() : `${piece},${part}`;
    const value = jsonOf(piece);
    if (value === undefined && /^[[{"]/.test(piece)) continue; // its end is still to come
    choices.push(value === undefined ? piece : value);
    piece = "";
  }
  return piece === "" ? choices : [...choices, piece];
}

function jsonOf(text: string): ParameterValue | undefined {
  try {
    return JSON.parse(text) as ParameterValue;
  } catch {
    return undefined;
  }
}

function refuseImpossible(name: string, value: ParameterValue, stated: ConfigInput): void {
  try {
    checkConfig(configWith(stated, { [name]: value }));
  } catch (cause) {
    if (!(cause instanceof InputError) || cause.code === "unknown_setting") throw cause;
    const problem = String(cause.details["problem"] ?? cause.code);
    throw new InputError("parameter_value_refused", { name, value: JSON.stringify(value), problem }, { cause });
  }
}

/** What a project's file says, with some settings changed. */
export function configWith(stated: ConfigInput, values: ParameterValues): ConfigInput {
  return Object.entries(values).reduce(
    (config, [path, value]) => withSetting(config, settingAt(path).keys, value),
    stated,
  );
}
