import { type Sentence, say } from "./sentence.ts";

/** What can go wrong with lifetime models on any file; part of the closed list in `errors.ts`. */
export const lifetimeErrorSentences: Readonly<Record<string, Sentence>> = {
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
    "Row {row}: {value} is not a number of customers. Write a whole number, 0 or more.",
    "第 {row} 行：{value} 不是顾客数。请写 0 或更大的整数。",
  ),
  invalid_history: say(
    "Row {row}: frequency {frequency}, recency {recency}, age {age} cannot be a purchase history ({reason}). Times count from the first purchase: 0 ≤ recency ≤ age.",
    "第 {row} 行：频次 {frequency}、近度 {recency}、年龄 {age} 不可能是一段购买历史（{reason}）。时间从首次购买算起：0 ≤ 近度 ≤ 年龄。",
  ),
  covariates_unsupported: say(
    "{model} has no covariates. Use bg-nbd or pareto-nbd, or leave --covariates out.",
    "{model} 不支持协变量。请使用 bg-nbd 或 pareto-nbd，或去掉 --covariates。",
  ),
  covariate_not_a_number: say(
    'Covariate "{name}", row {row}: {value} is not a finite number. Write categories as columns of 0 and 1.',
    "协变量“{name}”第 {row} 行：{value} 不是有限的数。类别请写成 0 和 1 的列。",
  ),
  covariate_constant: say(
    'Covariate "{name}" is {value} for every customer, so nothing can be learned from it. Leave it out.',
    "协变量“{name}”对每位顾客都是 {value}，无从学习。请去掉它。",
  ),
  covariate_varies: say(
    '{path}: customer "{customer}" has {least} and {most} in column "{name}"; a covariate must not change. Take the first value, or leave it out.',
    "{path}：顾客“{customer}”在列“{name}”中既有 {least} 又有 {most}；协变量不能变化。请取最初的值，或去掉它。",
  ),
  invalid_prior: say(
    '--prior "{value}" cannot be used ({reason}). Write parameter=lognormal(mean,sd), gamma(shape,rate), half-normal(sd) or, for coefficients of covariates, normal(mean,sd); parameters: {known}.',
    "--prior “{value}”无法使用（{reason}）。请写成 参数=lognormal(mean,sd)、gamma(shape,rate)、half-normal(sd)，协变量的系数用 normal(mean,sd)；参数有 {known}。",
  ),
  too_many_customers: say(
    "{path} stands for {customers} customers, more than {most} in one file. Fit a sample, or fewer periods.",
    "{path} 代表 {customers} 位顾客，超过单个文件上限 {most}。请抽样，或减少时期。",
  ),
  invalid_time_unit: say(
    "A unit of time of {value} days cannot be. Give a number above 0: 7 for weeks.",
    "时间单位不能是 {value} 天。请给出大于 0 的数：一周为 7。",
  ),
  invalid_purchase: say(
    "Purchase {row} (customer {customer}, value {value}) cannot be used: customers are numbered from 0, values are finite numbers.",
    "第 {row} 笔购买（顾客 {customer}，金额 {value}）无法使用：顾客从 0 起编号，金额须为有限的数。",
  ),
  calibration_after_data: say(
    "--calibration-end {date} lies more than a month after the last transaction in {path}: nothing was observed there. Choose an earlier date.",
    "--calibration-end {date} 比 {path} 中最后一笔交易晚一个月以上：那段时间没有观测。请选择更早的日期。",
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
  no_customers_in_file: say(
    "{path}: no row names a customer. Name the right column with --customer.",
    "{path}：没有任何一行写明顾客。请用 --customer 指定正确的列。",
  ),
  unreadable_values: say(
    '{path}: {share} % of the rows cannot be read (limit {limit} %), first row {row}: "{value}" in column "{column}". Dates are written as 2025-12-31, amounts as 12.34.',
    "{path}：{share} % 的行无法读取（上限 {limit} %），首先是第 {row} 行列“{column}”的“{value}”。日期写作 2025-12-31，金额写作 12.34。",
  ),
};
