import type { ErrorDetails } from "../base/errors.ts";
import { fill, type Language } from "./catalogue.ts";

type Sentence = Readonly<Record<Language, string>>;

const say = (en: string, zh: string): Sentence => ({ en, "zh-CN": zh });

/** The closed list of error codes, each with what, where, which value and what to do. */
export const errorSentences: Readonly<Record<string, Sentence>> = {
  missing_file: say(
    "There is no file {path}. Check the name, or give the full path.",
    "找不到文件 {path}。请检查文件名，或写出完整路径。",
  ),
  not_a_file: say(
    "{path} is a folder. Name the files in it, for example {path}/*.csv.",
    "{path} 是文件夹。请写出其中的文件，例如 {path}/*.csv。",
  ),
  empty_file: say("{path} is empty. Export it again.", "{path} 是空文件。请重新导出。"),
  header_only: say(
    "{path} has a header and no rows. Export it again with data.",
    "{path} 只有表头，没有数据行。请重新导出含数据的文件。",
  ),
  unrecognised_header: say(
    "{path} is no export longrun knows: its columns are {found}; nearest to a known one it lacks {missing}. Check the delimiter, or name the kind with --preset ({known}).",
    "无法识别 {path}：其列为 {found}；与最接近的格式相比缺少 {missing}。请检查分隔符，或用 --preset 指明种类（{known}）。",
  ),
  unknown_preset: say("There is no preset “{preset}”. Known: {known}.", "没有名为“{preset}”的预设。可用：{known}。"),
  missing_column: say(
    "{path} lacks the columns {missing}, which {preset} needs; it has {found}. Export them too, or choose another --preset.",
    "{path} 缺少 {preset} 需要的列 {missing}；现有 {found}。请补充导出，或改用其他 --preset。",
  ),
  binary_file: say(
    "{path} is not text (byte {offset}). Save it as CSV.",
    "{path} 不是文本文件（字节 {offset}）。请另存为 CSV。",
  ),
  bad_encoding: say(
    "{path} is neither UTF-8, UTF-16 nor GB18030 near line {line} (byte {offset}). Save it as UTF-8.",
    "{path} 在第 {line} 行附近（字节 {offset}）既不是 UTF-8、UTF-16，也不是 GB18030。请另存为 UTF-8。",
  ),
  unclosed_quote: say(
    "{path}: the quote that opens in line {line} is never closed. Close it, or export again.",
    "{path}：第 {line} 行打开的引号没有闭合。请补上引号或重新导出。",
  ),
  line_count_mismatch: say(
    "{path} has {lines} records, but {rows} were read and {malformed} refused: some would be lost. Export it again with every value quoted.",
    "{path} 有 {lines} 条记录，却只读到 {rows} 条、拒绝 {malformed} 条，会有丢失。请在导出时给每个值加引号。",
  ),
  too_many_set_aside: say(
    "{path}: {share} % of the rows cannot be used (limit {limit} %), most for {reason}, first in line {line}, column {column}, value “{value}”. Correct the file, or raise ingest.maxSetAsideShare.",
    "{path}：{share} % 的行无法使用（上限 {limit} %），主要原因 {reason}，首次出现在第 {line} 行、列 {column}、值“{value}”。请修正文件，或调高 ingest.maxSetAsideShare。",
  ),
  no_customers: say(
    "No customer is left after cleaning ({reasons}). Import a file that says who bought.",
    "清洗后没有剩下任何顾客（{reasons}）。请导入写明买家的文件。",
  ),
  no_orders: say(
    "No order is left after cleaning ({reasons}). Import the shop's orders.",
    "清洗后没有剩下任何订单（{reasons}）。请导入店铺的订单。",
  ),
  not_enough_customers: say(
    "There are {customers} customers; at least {needed} are needed to learn anything. Import more history.",
    "只有 {customers} 位顾客；至少需要 {needed} 位才能学习。请导入更多历史数据。",
  ),
  not_enough_history: say(
    "The orders span {days} days; at least {needed} are needed to train a forecast and test it. Import more history.",
    "订单只覆盖 {days} 天；训练并检验预测至少需要 {needed} 天。请导入更多历史数据。",
  ),
  as_of_outside_data: say(
    "asOf {asOf} lies outside the data ({first} to {last}). Choose a date in between.",
    "asOf {asOf} 不在数据范围内（{first} 至 {last}）。请选择其间的日期。",
  ),
  unknown_rule: say(
    "There is no cleaning rule “{rule}”. Known: {known}.",
    "没有名为“{rule}”的清洗规则。可用：{known}。",
  ),
  treatment_without_fx_rate: say(
    "The offer {treatment} costs money in {currency}, and there is no exchange rate to {workspace}. Import fx_rates with it.",
    "优惠 {treatment} 的费用以 {currency} 计，却没有到 {workspace} 的汇率。请导入含该汇率的 fx_rates。",
  ),
  negative_budget: say("The budget is {budget}. Give 0 or more.", "预算为 {budget}。请给出不小于 0 的数。"),
  budget_unattainable: say(
    "A budget of {budget} cannot be met: the cheapest plan costs {attainable}. Raise it at least to that.",
    "预算 {budget} 无法满足：最便宜的方案也要 {attainable}。请至少提高到该值。",
  ),
  budget_below_exploration: say(
    "The exploration alone costs more than the budget of {budget}. Lower plan.explorationShare to {largestShare} or less, or raise the budget.",
    "仅探索部分就超出预算 {budget}。请把 plan.explorationShare 降到 {largestShare} 以下，或提高预算。",
  ),
  budget_not_a_number: say(
    "The budget {budget} is not a number. Give an amount.",
    "预算 {budget} 不是数字。请给出金额。",
  ),
  balance_out_of_range: say(
    "The balance is {balance}; it must lie between 0 (this quarter only) and 1 (later only).",
    "平衡值为 {balance}；必须在 0（只看本季度）与 1（只看以后）之间。",
  ),
  exploration_share_out_of_range: say(
    "The exploration share is {explorationShare}; it must be at least 0 and below 1.",
    "探索比例为 {explorationShare}；必须不小于 0 且小于 1。",
  ),
  value_not_finite: say(
    "{array} of item {item}, choice {choice} is {found}. Every value and cost must be a finite number.",
    "第 {item} 项选择 {choice} 的 {array} 为 {found}。所有价值与成本都必须是有限数。",
  ),
  shape_mismatch: say(
    "{array} has {length} entries where {expected} are needed.",
    "{array} 有 {length} 个值，应为 {expected} 个。",
  ),
  folder_not_writable: say(
    "Cannot write in {path}. Choose another folder with --project, or change its permissions.",
    "无法写入 {path}。请用 --project 另选文件夹，或修改权限。",
  ),
  not_writable: say(
    "Cannot write: {path}. Change the permissions or choose another folder.",
    "无法写入：{path}。请修改权限或另选文件夹。",
  ),
  project_locked: say(
    "Another longrun (process {process}) is working in {path}. Wait for it to end.",
    "另一个 longrun（进程 {process}）正在使用 {path}。请等待其结束。",
  ),
  disk_full: say(
    "The disk is full ({message}). Free some space and run again; nothing finished is lost.",
    "磁盘已满（{message}）。请释放空间后重新运行；已完成的部分不会丢失。",
  ),
  memory_limit: say(
    "The data engine needs more memory than memoryLimitMb allows ({message}). Raise it in longrun.config.",
    "数据引擎需要的内存超过 memoryLimitMb（{message}）。请在 longrun.config 中调高。",
  ),
  interrupted: say(
    "Stopped. What was finished is kept; run the same command to go on.",
    "已停止。完成的部分已保留；再次运行同一命令即可继续。",
  ),
  invalid_config: say("{file}: {option} — {problem}. Correct it there.", "{file}：{option} —— {problem}。请修改。"),
  not_a_project: say(
    "{path} holds no longrun project. Run `longrun init` or `longrun import FILE…` there first.",
    "{path} 中没有 longrun 项目。请先在那里运行 `longrun init` 或 `longrun import FILE…`。",
  ),
  no_sources: say(
    "The project in {path} has no sources. Run `longrun import FILE…` first.",
    "{path} 中的项目没有数据来源。请先运行 `longrun import FILE…`。",
  ),
  unknown_subject: say(
    "There is nothing called “{subject}” to show. Known: {known}.",
    "没有名为“{subject}”的内容可显示。可用：{known}。",
  ),
  unknown_stage_output: say(
    "{path} has no output of {stage} yet. Run `longrun run` first.",
    "{path} 中尚无 {stage} 的结果。请先运行 `longrun run`。",
  ),
  unknown_world: say(
    "There is no world called “{world}”; choose one of {known}.",
    "没有名为“{world}”的模拟世界；请从 {known} 中选择。",
  ),
  invalid_shop_size: say(
    "The simulated shop's {option} is {value}; give a whole number from {least} to {most}.",
    "模拟店铺的 {option} 为 {value}；请给出 {least} 到 {most} 之间的整数。",
  ),
  invalid_replay: say(
    "The replay cannot run with {replicates} replicates and horizons of {shortHorizonDays} and {clvHorizonDays} days. Use at least 1 replicate and 1 ≤ short ≤ CLV horizon ≤ 3650.",
    "无法按 {replicates} 次重复、{shortHorizonDays} 与 {clvHorizonDays} 天的期限重放。重复至少 1 次，且 1 ≤ 短期 ≤ CLV 期限 ≤ 3650。",
  ),
  no_training_rows: say("There is no row to train on. Import more history.", "没有可供训练的行。请导入更多历史数据。"),
  horizon_never_observed: say(
    "No customer was watched for {horizonDays} days in the training periods ({rows} observations), so nothing can be learned about that horizon. Set a shorter clvHorizonDays or import more history.",
    "训练期内没有任何顾客被观察满 {horizonDays} 天（{rows} 个观测），无法学习该期限。请设置更短的 clvHorizonDays，或导入更多历史数据。",
  ),
  unknown_model: say(
    'There is no lifetime model "{model}". Known: {known}.',
    "没有名为“{model}”的终身价值模型。可用：{known}。",
  ),
  column_not_stated: say(
    "{path}: no column was recognised for {option}. Its columns are {columns}; state one.",
    "{path}：没有识别出 {option} 对应的列。文件的列有 {columns}，请指定。",
  ),
  unknown_column: say(
    '{path} has no column "{column}". Its columns are {columns}.',
    "{path} 没有名为“{column}”的列。文件的列有 {columns}。",
  ),
  unreadable_table: say("{path} cannot be read as a table: {problem}", "{path} 无法作为表格读取：{problem}"),
  no_rows: say("{path} has a header and no rows. Export it again.", "{path} 只有表头，没有数据行。请重新导出。"),
  not_a_number: say(
    '{path}, row {row}: "{value}" in column "{column}" is not a number. Correct it and try again.',
    "{path} 第 {row} 行：列“{column}”的“{value}”不是数字。请更正后重试。",
  ),
  invalid_date: say(
    '{option}: "{date}" is not a date. Write it as 2025-12-31.',
    "{option}：“{date}”不是日期。请写成 2025-12-31 的形式。",
  ),
  invalid_columns: say(
    '--columns: "{value}" is not of the form name=column. Write x=frequency,tx=recency,T=age.',
    "--columns：“{value}”不是“名称=列”的形式。请写成 x=frequency,tx=recency,T=age。",
  ),
  invalid_customer_count: say(
    "Row {row}: {value} is not a whole number of customers.",
    "第 {row} 行：{value} 不是整数的顾客数。",
  ),
  invalid_history: say(
    "Row {row}: frequency {frequency}, recency {recency}, age {age} cannot be a purchase history ({rule}). Times count from the first purchase: 0 ≤ recency ≤ age.",
    "第 {row} 行：频次 {frequency}、近度 {recency}、年龄 {age} 不可能是一段购买历史（{rule}）。时间从首次购买算起：0 ≤ 近度 ≤ 年龄。",
  ),
  invalid_contract_counts: say(
    "Position {position}: {value} cannot be a count of customers or a renewal (whole, from 1).",
    "第 {position} 个：{value} 不能作为顾客数或续约次数（从 1 起的整数）。",
  ),
  spending_shape: say(
    "Row {row}: {transactions} transactions with mean value {meanValue} cannot be used. Values must be finite numbers.",
    "第 {row} 行：{transactions} 笔交易、平均金额 {meanValue} 无法使用。金额必须是有限的数。",
  ),
  period_without_time: say(
    "The holdout period ends (day {holdoutEnd}) before it begins (day {calibrationEnd}). Set --holdout-end after --calibration-end.",
    "留出期的结束（第 {holdoutEnd} 天）早于开始（第 {calibrationEnd} 天）。请让 --holdout-end 晚于 --calibration-end。",
  ),
  calibration_before_data: say(
    "--calibration-end {date} lies before the first transaction in {path}. Choose a later date.",
    "--calibration-end {date} 早于 {path} 中的第一笔交易。请选择更晚的日期。",
  ),
  holdout_after_data: say(
    "--holdout-end {date} lies more than a month after the last transaction in {path}: nothing was observed there. Choose an earlier date.",
    "--holdout-end {date} 比 {path} 中最后一笔交易晚一个月以上：那段时间没有观测。请选择更早的日期。",
  ),
  amounts_needed: say(
    "{model} needs amounts. Add --amount COLUMN, or m=COLUMN to --columns.",
    "{model} 需要金额。请加上 --amount 列名，或在 --columns 中加上 m=列名。",
  ),
  unknown_file_kind: say(
    "{path}: predictions are written as {known}. Choose one of these endings.",
    "{path}：预测结果只能写成 {known}。请选择其中一种后缀。",
  ),
  no_repeat_purchases: say(
    "None of the {customers} customers came back, so no rate of return can be learned. Choose a longer period.",
    "{customers} 位顾客中没有人再次购买，无法学习回购频率。请选择更长的时期。",
  ),
  too_few_customers: say(
    "{customers} customers are too few for this model; it needs {needed}.",
    "{customers} 位顾客对该模型来说太少；至少需要 {needed} 位。",
  ),
  no_observation_time: say(
    "All {customers} customers were first seen on the last day: nothing could be observed after it. Choose a later calibration end.",
    "{customers} 位顾客都在最后一天首次出现：之后没有可观测的时间。请选择更晚的校准期结束日。",
  ),
  gaps_unknown: say(
    "{model} needs the gaps between purchases, which a summary does not hold. Give it transactions.",
    "{model} 需要购买之间的间隔，而汇总表中没有。请提供交易明细。",
  ),
  nobody_left: say(
    "None of the {customers} customers left, so no churn can be learned.",
    "{customers} 位顾客中没有人流失，无法学习流失。",
  ),
  invalid_horizon: say(
    "--{option} {value} is out of range: write a number from {least} to {most}.",
    "--{option} {value} 超出范围：请写 {least} 到 {most} 之间的数。",
  ),
  unreadable_values: say(
    '{path}: {share} % of the rows cannot be read (limit {limit} %), first row {row}: "{value}" in column "{column}". Dates are written as 2025-12-31, amounts as 12.34.',
    "{path}：{share} % 的行无法读取（上限 {limit} %），首先是第 {row} 行列“{column}”的“{value}”。日期写作 2025-12-31，金额写作 12.34。",
  ),
  no_customers_in_file: say(
    "{path}: no row names a customer. Name the right column with --customer.",
    "{path}：没有任何一行写明顾客。请用 --customer 指定正确的列。",
  ),
  no_positive_outcomes: say(
    "Nobody bought anything in the training periods ({rows} observations), so there is no value to learn. Import more history.",
    "训练期内无人购买（{rows} 个观测），没有可学习的价值。请导入更多历史数据。",
  ),
  decision_table_shape: say(
    "The decision table's column “{column}” has {found} entries where {expected} are needed.",
    "决策表的列“{column}”有 {found} 个值，应为 {expected} 个。",
  ),
  propensity_out_of_range: say(
    "Decision row {row} has propensity {propensity}; it must lie in [0, 1]. Log the probability, not a percentage, or leave it empty.",
    "决策第 {row} 行的倾向概率为 {propensity}，必须在 [0, 1] 之间。请记录概率而非百分数，未知则留空。",
  ),
  unknown_modifier: say(
    "“{modifier}” is not a feature of the decision table; choose from {features}.",
    "“{modifier}”不是决策表中的特征；请从 {features} 中选择。",
  ),
  no_usable_decisions: say(
    "None of the {rows} decisions can be used: {missingPropensity} without and {zeroPropensity} with zero propensity, {actionNotEligible} with an action not open to the customer, {missingOutcome} without an outcome. Log the probability of each decision.",
    "{rows} 条决策均不可用：{missingPropensity} 条无倾向概率，{zeroPropensity} 条概率为零，{actionNotEligible} 条动作不在可选范围，{missingOutcome} 条无结果。请记录每次决策的概率。",
  ),
  no_comparison: say(
    "Effects need decisions of “{action}” to compare with; its {rows} rows do not suffice ({reason}). Keep a random share of customers on “{action}”.",
    "估计效果需要与“{action}”对照，其 {rows} 行不足以支持（{reason}）。请随机保留一部分顾客为“{action}”。",
  ),
  off_policy_shape: say(
    "The column “{column}” does not fit the log (found {found}, expected {expected}).",
    "列“{column}”与日志不符（实际 {found}，应为 {expected}）。",
  ),
  target_not_a_distribution: say(
    "The target policy's probabilities in row {row} sum to {sum} or are negative; each row must be non-negative and sum to 1.",
    "目标策略第 {row} 行的概率之和为 {sum} 或含负值；每行须非负且和为 1。",
  ),
};

/** One sentence for people; a code without one is shown as it is. */
export function describeError(language: Language, code: string, details: ErrorDetails): string {
  const sentence = errorSentences[code];
  if (!sentence) return `${code} ${JSON.stringify(details)}`;
  const values = Object.entries(details).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : String(value),
  ]);
  return fill(sentence[language], Object.fromEntries(values));
}
