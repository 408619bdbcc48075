import { type Sentence, say } from "./sentence.ts";

/** What can go wrong with tuning; part of the closed list in `errors.ts`. */
export const tuningErrorSentences: Readonly<Record<string, Sentence>> = {
  no_parameters: say(
    "There is no parameter to tune. Name one with --parameter, for example train.learningRate=0.001..0.03:log.",
    "没有要调优的参数。请用 --parameter 指定，例如 train.learningRate=0.001..0.03:log。",
  ),
  invalid_parameter: say(
    "--parameter “{parameter}” cannot be read. Write path=low..high, path=low..high:log or path=a,b,c.",
    "无法读取 --parameter“{parameter}”。请写成 路径=下限..上限、路径=下限..上限:log 或 路径=a,b,c。",
  ),
  parameter_twice: say(
    "--parameter {name} is given twice. Leave one of them out.",
    "--parameter {name} 出现了两次。请去掉其中一个。",
  ),
  empty_range: say(
    "--parameter {name}: the range {low}..{high} is empty. Write the smaller number first, and two different ones.",
    "--parameter {name}：范围 {low}..{high} 是空的。请写两个不同的数，较小的在前。",
  ),
  log_of_nonpositive: say(
    "--parameter {name}: a logarithmic range cannot begin at {low}. Begin above 0, or leave :log out.",
    "--parameter {name}：对数范围不能从 {low} 开始。请从大于 0 的数开始，或去掉 :log。",
  ),
  single_choice: say(
    "--parameter {name} has only one value, so there is nothing to choose. Give at least two, divided by commas.",
    "--parameter {name} 只有一个值，无从选择。请至少给出两个值，用逗号分隔。",
  ),
  setting_not_tunable: say(
    "{setting} cannot be tuned: it does not change how well the back-test forecasts. Settings of {sections} can.",
    "{setting} 不能调优：它不影响回测预测的好坏。可以调优的是 {sections} 中的设置。",
  ),
  parameter_value_refused: say(
    "--parameter {name}: the configuration does not take {value} — {problem}. Change the range or the list.",
    "--parameter {name}：配置不接受 {value} —— {problem}。请修改范围或列表。",
  ),
  invalid_trials: say(
    "--trials {trials} is not a number of trials. Write a whole number from 1.",
    "--trials {trials} 不是有效的试验次数。请写从 1 起的整数。",
  ),
  invalid_folds: say(
    "--folds {folds} is not a number of folds. Write a whole number from 1 to 12.",
    "--folds {folds} 不是有效的折数。请写 1 到 12 之间的整数。",
  ),
  invalid_study_name: say(
    "--study “{study}” cannot be a file's name. Use letters, digits, - and _.",
    "--study“{study}”不能作文件名。请只用字母、数字、- 和 _。",
  ),
  grid_too_large: say(
    "Two values of every parameter already make {least} combinations, more than --trials {trials}. Raise it, search fewer parameters, or take another --method.",
    "每个参数取两个值就已有 {least} 种组合，多于 --trials {trials}。请增大次数、减少参数，或换用其他 --method。",
  ),
  unknown_objective: say(
    "There is no objective “{objective}” that this history can carry. Known: {known}.",
    "这段历史无法支持目标“{objective}”。可用：{known}。",
  ),
  not_enough_history_to_tune: say(
    "Before the test period (from {before}) there are {days} days of history, and tuning needs {needed} there: it never looks at the test period. Import more history.",
    "测试期（自 {before} 起）之前只有 {days} 天的历史，而调优在此至少需要 {needed} 天：它从不查看测试期。请导入更多历史数据。",
  ),
  study_differs: say(
    "The study “{study}” was begun with other {differing}, so its trials cannot be continued. Name a new one with --study, or delete {path}.",
    "研究“{study}”开始时的 {differing} 与现在不同，无法接着试验。请用 --study 另起名称，或删除 {path}。",
  ),
  study_unreadable: say(
    "{path}, line {line}, is not a trial of this study. Delete the file, or name another study with --study.",
    "{path} 第 {line} 行不是该研究的试验。请删除该文件，或用 --study 指定另一个研究。",
  ),
  every_trial_failed: say(
    "None of the {trials} trials could be trained; {path} says why. Change the ranges.",
    "{trials} 次试验都无法训练，原因见 {path}。请修改参数范围。",
  ),
  objective_undefined: say(
    "{objective} has no value for these forecasts: they are all the same, or nobody bought. Take another --objective.",
    "这些预测的 {objective} 没有值：预测全部相同，或无人购买。请换用其他 --objective。",
  ),
  config_not_editable: say(
    "{path} is written in a form that longrun does not change for you. Put this into it yourself: {settings}",
    "longrun 不会改动 {path} 这种写法的文件。请自行写入：{settings}",
  ),
};
