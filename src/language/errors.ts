import type { ErrorDetails } from "../base/errors.ts";
import { allocationErrorSentences } from "./allocation-errors.ts";
import { fill, type Language, nameOf } from "./catalogue.ts";
import { lifetimeErrorSentences } from "./lifetime-errors.ts";
import { multiPeriodErrorSentences } from "./multi-period-errors.ts";
import { type Sentence, say } from "./sentence.ts";
import { tuningErrorSentences } from "./tuning-errors.ts";

/** The closed list of error codes, each with what, where, which value and what to do. */
export const errorSentences: Readonly<Record<string, Sentence>> = {
  ...lifetimeErrorSentences,
  ...allocationErrorSentences,
  ...multiPeriodErrorSentences,
  ...tuningErrorSentences,
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
  not_delimited: say(
    "{path} has only one column, “{found}”: its columns must be divided by comma, semicolon, tab or bar; here it is perhaps “{likely}”. Export it with one of those.",
    "{path} 只有一列“{found}”：各列须以逗号、分号、制表符或竖线分隔，而此处可能是“{likely}”。请用其中一种重新导出。",
  ),
  no_mapping_fits: say(
    "{path} fits no preset, and its {columns} columns ({found}) do not say what its rows are; the nearest preset, {nearest}, would also need {missing}. Check the header, or describe the table with --mapping (docs/mapping.md).",
    "{path} 不符合任何预设，其 {columns} 列（{found}）也无法说明每行是什么；最接近的预设 {nearest} 还需要 {missing}。请检查表头，或用 --mapping 描述该表（docs/mapping.md）。",
  ),
  mapping_incomplete: say(
    "{path} cannot be imported before its mapping says {missing}. Fill it in in {file}, and import again.",
    "{path} 的映射尚缺 {missing}，暂不能导入。请在 {file} 中补全后重新导入。",
  ),
  mapping_column_missing: say(
    "{path} has no column {missing}, which {file} names; it has {found}. Correct the mapping.",
    "{path} 中没有 {file} 所写的列 {missing}；现有 {found}。请更正映射。",
  ),
  invalid_mapping: say(
    "{file}: {option} — {problem}. Correct it there (docs/mapping.md).",
    "{file}：{option} —— {problem}。请更正（格式见 docs/mapping.md）。",
  ),
  proposed_mapping_sets_aside: say(
    "{path}: {share} % of the rows cannot be used (limit {limit} %), most for {reason}, first in line {line}, column {column}, value “{value}”. How it is read was only proposed: correct {file}, and import again.",
    "{path}：{share} % 的行无法使用（上限 {limit} %），主要原因 {reason}，首次出现在第 {line} 行、列 {column}、值“{value}”。其读取方式只是推测：请更正 {file} 后重新导入。",
  ),
  no_files_match: say(
    "There is no table in {path}. Check the folder or the pattern; hidden files are left out.",
    "{path} 中没有可导入的表格。请检查文件夹或通配符；隐藏文件不计。",
  ),
  unknown_preset: say("There is no preset “{preset}”. Known: {known}.", "没有名为“{preset}”的预设。可用：{known}。"),
  missing_column: say(
    "{path} lacks the columns {missing}, which {preset} needs; it has {found}. Export them too, or choose another --preset.",
    "{path} 缺少 {preset} 需要的列 {missing}；现有 {found}。请补充导出，或改用其他 --preset。",
  ),
  export_without_customers: say(
    "{path} is an export of {preset}, which does not say who bought: no customer number, no e-mail. Export the orders for {instead} instead (docs/imports.md).",
    "{path} 是 {preset} 的导出，其中没有买家信息（既无顾客编号也无邮箱）。请改为导出 {instead} 所需的订单（见 docs/imports.md）。",
  ),
  unknown_answer: say(
    "ingest.presets of longrun.config: {preset} does not know “{answer}” for {question}. Known: {known}.",
    "longrun.config 的 ingest.presets：{preset} 的 {question} 没有“{answer}”这一选项。可用：{known}。",
  ),
  binary_file: say(
    "{path} is not text (byte {offset}). Save it as CSV, JSON, Parquet or .xlsx.",
    "{path} 不是文本文件（字节 {offset}）。请另存为 CSV、JSON、Parquet 或 .xlsx。",
  ),
  bad_encoding: say(
    "{path} is not UTF-8, UTF-16 or GB18030 throughout: it fails near line {line} (byte {offset}). Save it as UTF-8.",
    "{path} 并非全部为 UTF-8、UTF-16 或 GB18030：第 {line} 行附近（字节 {offset}）出错。请另存为 UTF-8。",
  ),
  damaged_file: say(
    "{path} is damaged or cut short ({problem}). Export or download it again.",
    "{path} 已损坏或不完整（{problem}）。请重新导出或下载。",
  ),
  line_too_long: say(
    "{path}: line {line} is longer than {limit} characters. Check that it is an export with one record a line, and export it again.",
    "{path}：第 {line} 行超过 {limit} 个字符。请确认这是每行一条记录的导出文件，并重新导出。",
  ),
  no_columns: say(
    "{path} holds no named values. Export it as objects with names, or as a table with a header.",
    "{path} 中没有带名称的值。请导出为带字段名的对象，或带表头的表格。",
  ),
  not_a_workbook: say(
    "{path} is an archive without an .xlsx workbook in it. Unpack it and name the files, or save the workbook as .xlsx.",
    "{path} 是压缩包，但其中没有 .xlsx 工作簿。请解压后指定其中的文件，或将工作簿另存为 .xlsx。",
  ),
  old_workbook: say(
    "{path} is a workbook of the old kind (.xls) or has a password. Save it as .xlsx without a password.",
    "{path} 是旧版 .xls 工作簿或设有密码。请另存为不带密码的 .xlsx。",
  ),
  merged_cells: say(
    "{path}: the cells {range} are merged, and their value could be counted for one row or for all. Unmerge them and give each row its own.",
    "{path}：单元格 {range} 已合并，无法判断其值属于一行还是所有行。请取消合并并为每行填写各自的值。",
  ),
  bad_column_name: say(
    "{path} has a column whose name holds a zero byte ({column}). Rename it and export again.",
    "{path} 有一列的名称含有零字节（{column}）。请改名后重新导出。",
  ),
  unclosed_quote: say(
    "{path}: the quote that opens in line {line} is never closed. Close it, or export again.",
    "{path}：第 {line} 行打开的引号没有闭合。请补上引号或重新导出。",
  ),
  line_count_mismatch: say(
    "{path} has {lines} records, but {rows} were read and {malformed} refused: some would be lost. Export it again with every value quoted.",
    "{path} 有 {lines} 条记录，却只读到 {rows} 条、拒绝 {malformed} 条，会有丢失。请在导出时给每个值加引号。",
  ),
  mixed_date_orders: say(
    "{path}: column {column} puts the day first in line {line} ({value}) and the month first in line {otherLine} ({otherValue}), so other dates could mean either. Write all dates as YYYY-MM-DD, or split the file.",
    "{path}：列 {column} 在第 {line} 行（{value}）为日在前，在第 {otherLine} 行（{otherValue}）为月在前，其余日期无法判断。请统一写成 YYYY-MM-DD，或拆分文件。",
  ),
  unknown_date_order: say(
    "{path}: no date in column {column} shows whether the day or the month comes first (line {line}: {value}). Write dates as YYYY-MM-DD, or set ingest.dateOrder to day_first or month_first in longrun.config.",
    "{path}：列 {column} 的日期无法判断日与月的先后（第 {line} 行：{value}）。请写成 YYYY-MM-DD，或在 longrun.config 中把 ingest.dateOrder 设为 day_first 或 month_first。",
  ),
  mixed_decimals: say(
    "{path}: column {column} has a decimal comma in line {line} ({value}) and a decimal point in line {otherLine} ({otherValue}), so 1,234 could mean either. Write all numbers in one way, or split the file.",
    "{path}：列 {column} 在第 {line} 行（{value}）用逗号作小数点，在第 {otherLine} 行（{otherValue}）用句点，1,234 之类的数无法判断。请统一写法，或拆分文件。",
  ),
  postgres_address: say(
    "{url} names no table of a database. Write postgres://user@host/database?table=orders, or ?query=SELECT… with every % & + and # escaped.",
    "{url} 没有指明数据库中的表。请写成 postgres://user@host/database?table=orders，或 ?query=SELECT…（% & + # 需转义）。",
  ),
  postgres_password: say(
    "{url} lets nobody in ({problem}). Check the user and set PGPASSWORD; longrun stores no password.",
    "{url} 拒绝登录（{problem}）。请检查用户名并设置 PGPASSWORD；longrun 不保存密码。",
  ),
  postgres_query: say(
    "{url} refuses what is asked for: {problem}. Correct the table or the query, or let the user read it.",
    "{url} 拒绝了请求：{problem}。请修正表名或查询，或授予该用户读取权限。",
  ),
  postgres_lost: say(
    "{url} cannot be reached or went away ({problem}); nothing of it was kept. Check host and port and import again.",
    "无法连接 {url} 或连接中断（{problem}）；没有保留其中任何数据。请检查主机与端口后重新导入。",
  ),
  too_many_set_aside: say(
    "{path}: {share} % of the rows cannot be used (limit {limit} %); the main reason is “{reason}”, first in line {line}, column {column}, value “{value}”. Correct the file, or raise ingest.maxSetAsideShare.",
    "{path}：{share} % 的行无法使用（上限 {limit} %），主要原因是“{reason}”，首次出现在第 {line} 行、列 {column}、值“{value}”。请修正文件，或调高 ingest.maxSetAsideShare。",
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
  unknown_merge: say(
    "No merge is called “{merge}”. Take it out of clean.undoneMerges, or look for the right one with `longrun show identities`.",
    "没有名为“{merge}”的合并。请从 clean.undoneMerges 中删去，或用 `longrun show identities` 查找正确的名称。",
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
  start_not_a_number: say(
    "The start of variable {index} is not a number. Give every variable a number to start from.",
    "变量 {index} 的初始值不是数字。请为每个变量给出数值起点。",
  ),
  bounds_crossed: say(
    "Variable {index} has the lower bound {lower} and the upper bound {upper}. Give numbers, the lower one first.",
    "变量 {index} 的下界为 {lower}，上界为 {upper}。请给出数值，且下界不得大于上界。",
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
  invalid_config: say(
    "{file}: {option} is {value}, which cannot be ({problem}). Correct it there.",
    "{file}：{option} 为 {value}，不符合要求（{problem}）。请在该文件中修改。",
  ),
  unreadable_config: say(
    "longrun.config in {path} cannot be read: {problem}. Correct it, or delete it to take the defaults.",
    "无法读取 {path} 中的 longrun.config：{problem}。请修正，或删除它以使用默认设置。",
  ),
  unknown_setting: say(
    "longrun.config: there is no setting “{setting}”. Known there: {known}.",
    "longrun.config：没有名为“{setting}”的设置。该处可用：{known}。",
  ),
  invalid_threads: say(
    "--threads is {threads}; give a whole number from 1.",
    "--threads 为 {threads}；请给出不小于 1 的整数。",
  ),
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
  customer_not_named: say(
    "Which customer? Name one: `longrun show customer ID`.",
    "要看哪位顾客？请写明：`longrun show customer 编号`。",
  ),
  unknown_customer: say(
    "“{customer}” is no customer with an order before {asOf}. `longrun show identities` lists ids that were merged into others.",
    "没有编号为“{customer}”且在 {asOf} 之前下过单的顾客。`longrun show identities` 列出已并入他人的编号。",
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
  no_positive_outcomes: say(
    "Nobody bought anything in the training periods ({rows} observations), so there is no value to learn. Import more history.",
    "训练期内无人购买（{rows} 个观测），没有可学习的价值。请导入更多历史数据。",
  ),
  infinite_outcome: say(
    "The value of row {row} within {horizonDays} days is infinite. Look for prices or quantities out of range in the orders behind it.",
    "第 {row} 行在 {horizonDays} 天内的价值为无穷大。请检查其订单中超出范围的价格或数量。",
  ),
  training_diverged: say(
    "Training diverged in epoch {epoch}, even at a learning rate of {learningRate}: the loss is not a finite number. Lower train.learningRate, or look for extreme values in the features.",
    "训练在第 {epoch} 轮发散，学习率降至 {learningRate} 仍然如此：损失不是有限数值。请调低 train.learningRate，或检查特征中的极端值。",
  ),
  unreadable_network: say(
    "The network's file ({bytes} bytes) is damaged or no ONNX model ({problem}). Run train again, or copy the file again.",
    "网络文件（{bytes} 字节）已损坏或不是 ONNX 模型（{problem}）。请重新运行 train，或重新复制该文件。",
  ),
  features_gone: say(
    "The network learned from features that this run does not have: {features}. Train again (longrun run), or use a network of this run.",
    "该网络学习时使用的特征在本次运行中不存在：{features}。请重新训练（longrun run），或使用本次运行的网络。",
  ),
  foreign_network: say(
    "The network's file is another model: {found}, where {expected} is needed. Use the .onnx and the .json that one training wrote together.",
    "网络文件属于另一个模型：{found}，而此处需要 {expected}。请使用同一次训练一起写出的 .onnx 与 .json。",
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
    (Array.isArray(value) ? value : [String(value)]).map((item: string) => named(language, name, item)).join(", "),
  ]);
  return fill(sentence[language], Object.fromEntries(values));
}

const limitDetails = ["limits", "relaxations", "attainable"];

/** Reasons and limits in words, with what may follow them: a count, or the value that would do. */
function named(language: Language, detail: string, item: string): string {
  if (detail.startsWith("reason")) return item.replace(/^\w+/, (word) => nameOf(language, "reason", word));
  if (limitDetails.includes(detail)) return item.replace(/^.+?(?=$| [≤≥])/, (word) => nameOf(language, "limit", word));
  return item;
}
