import { type Sentence, say } from "./sentence.ts";

/** What can go wrong with allocations; part of the closed list in `errors.ts`. */
export const allocationErrorSentences: Readonly<Record<string, Sentence>> = {
  limit_below_exploration: say(
    "The exploration alone uses more than the limit {name} of {limit} allows. Lower the exploration share to {largestShare} or less, or raise the limit.",
    "仅探索部分就超出限制 {name} 的 {limit}。请把探索比例降到 {largestShare} 以下，或放宽该限制。",
  ),
  limit_not_a_number: say(
    "Limit {row} of the plan is {limit}. State a finite number, or leave the limit out.",
    "方案的第 {row} 个限制为 {limit}。请给出有限数字，或去掉该限制。",
  ),
  limits_conflict: say(
    "These limits cannot hold together: {limits}. The smallest change that makes them possible: {relaxations}. Attainable with all others kept: {attainable}.",
    "以下限制无法同时满足：{limits}。使其可行的最小改动：{relaxations}。其他限制不变时可达到：{attainable}。",
  ),
  floor_unattainable: say(
    "No plan reaches {limit} for the limit {limits}; {most} is the most. Ask for that or less.",
    "没有方案能使限制 {limits} 达到 {limit}；最多为 {most}。请改为不高于该值。",
  ),
  no_whole_plan: say(
    "The limits ({limits}) could only be met by giving some customers half an action. Relax one of them a little.",
    "限制（{limits}）只有在给部分顾客“半个动作”时才能满足。请稍微放宽其中一个。",
  ),
  unreadable_limit: say(
    'The limit "{text}" cannot be read. Write NAME=COLUMN<=NUMBER, e.g. email=contacts[channel=email]<=2000 or margin=short-0.1*revenue>=0.',
    "无法读懂限制“{text}”。请写成 名称=列<=数值，例如 email=contacts[channel=email]<=2000 或 margin=short-0.1*revenue>=0。",
  ),
  unknown_limit_column: say(
    'The limit or rule "{limit}" names the column "{column}". Known there: {known}.',
    "限制或规则“{limit}”用到列“{column}”。此处可用：{known}。",
  ),
  unknown_limit_word: say(
    'The limit or rule "{limit}" names "{word}" in the column "{column}", where it never occurs. Known there: {known}.',
    "限制或规则“{limit}”用到列“{column}”中的“{word}”，但从未出现。可用：{known}。",
  ),
  no_quadrants: say(
    'A limit or rule names the column "quadrant", but this history proves only one horizon, so customers have none. Use value_decile instead.',
    "有限制或规则用到列“quadrant”，但现有历史只能验证一个期限，因此顾客没有象限。请改用 value_decile。",
  ),
  amount_in_other_currency: say(
    '{setting}: "{stated}" is not in {currency}, in which all else is counted, and nothing is converted. State the amount in {currency}.',
    "{setting}：“{stated}”的货币不是其他金额所用的 {currency}，且不做换算。请以 {currency} 给出金额。",
  ),
  unreadable_rule: say(
    'The rule "{text}" cannot be read. Write ACTION[COLUMN=VALUE], e.g. coupon[segment=vip], or *[segment=vip] for every action.',
    "无法读懂规则“{text}”。请写成 动作[列=值]，例如 coupon[segment=vip]；*[segment=vip] 表示所有动作。",
  ),
  send_dates_reversed: say(
    "plan.sendDates.{action} ends on {until}, before it begins on {from}. Put the earlier date in from.",
    "plan.sendDates.{action} 的结束日期 {until} 早于开始日期 {from}。请把较早的日期写在 from。",
  ),
  repeated_limit: say(
    "There are two limits called {name}. Give each its own name.",
    "有两个名为 {name} 的限制。请使用不同的名称。",
  ),
  option_not_a_number: say(
    "The option {option} needs a number in plain digits, e.g. 50000 or 0.5.",
    "选项 {option} 需要纯数字，例如 50000 或 0.5。",
  ),
  option_not_an_amount: say(
    'The option {option} is "{stated}"; state an amount in plain digits, with its currency or without, e.g. 5000 or "5000 EUR".',
    "选项 {option} 为“{stated}”；请用纯数字给出金额，可带货币，例如 5000 或“5000 EUR”。",
  ),
  currency_not_a_code: say(
    'The currency is "{currency}"; state its code of three capital letters, e.g. EUR.',
    "货币为“{currency}”；请给出三个大写字母的代码，例如 EUR。",
  ),
  memory_not_positive: say(
    "The memory is {memory} MB; state more than 0, e.g. --memory 2000.",
    "内存为 {memory} MB；请给出大于 0 的数值，例如 --memory 2000。",
  ),
  not_streamed: say(
    "The table needs about {needed} MB and may take {memory}, so it is read in passes; {option} needs all customers at once. Leave it out, or state --memory {needed}.",
    "该表约需 {needed} MB，而只允许 {memory} MB，因此分多遍读取；{option} 需要同时看到所有顾客。请去掉它，或写 --memory {needed}。",
  ),
  open_customers_beyond_memory: say(
    "Under these limits ({limits}) the choice of more than {customers} customers hangs on the last digits of the prices, as where many customers are equal, and memory holds no more. State a larger --memory.",
    "在这些限制（{limits}）下，有超过 {customers} 位顾客的选择取决于价格的末位数字（例如许多顾客完全相同），而内存容纳不下更多。请给出更大的 --memory。",
  ),
  limits_too_tight_for_memory: say(
    "No plan that keeps these limits ({limits}) was found among the {customers} customers that memory holds. Relax one of them a little, or state a larger --memory.",
    "在内存可容纳的 {customers} 位顾客中，没有找到满足这些限制（{limits}）的方案。请稍微放宽其中一个，或给出更大的 --memory。",
  ),
  negative_caution: say(
    "The caution is {caution}; it must be 0 or more standard deviations.",
    "谨慎程度为 {caution}；必须是 0 个或更多标准差。",
  ),
  scenarios_and_cvar: say(
    "Scenarios and the share of the worst go together: state --scenarios FILE and --cvar SHARE, e.g. --cvar 0.1.",
    "情景与最差比例须同时给出：请写 --scenarios 文件 和 --cvar 比例，例如 --cvar 0.1。",
  ),
  tail_share_out_of_range: say(
    "The worst share of the scenarios is {tailShare}; it must be above 0 and at most 1, e.g. 0.1 for the worst tenth.",
    "最差情景的比例为 {tailShare}；必须大于 0 且不超过 1，例如 0.1 表示最差的十分之一。",
  ),
  cvar_weight_out_of_range: say(
    "The weight of the worst share is {weight}; it must be between 0 (the mean alone) and 1 (the worst alone).",
    "最差部分的权重为 {weight}；必须在 0（只看平均）和 1（只看最差）之间。",
  ),
  too_many_scenarios: say(
    "{path} has {scenarios} scenarios; at most {most} can be weighed. Draw that many of them.",
    "{path} 有 {scenarios} 个情景；最多可考虑 {most} 个。请从中抽取。",
  ),
  scenario_not_a_number: say(
    '{path}: scenario {scenario}: "{value}" in column "{column}" is not a finite number. Correct it, or leave it empty.',
    "{path}：情景 {scenario}：列“{column}”的“{value}”不是有限数字。请更正或留空。",
  ),
  scenario_probability: say(
    "{path}: the probability of scenario {scenario} is negative, or all are 0. State weights of 0 or more, or leave the column out.",
    "{path}：情景 {scenario} 的概率为负，或全部为 0。请给出不小于 0 的权重，或去掉该列。",
  ),
  repeated_scenario_action: say(
    "{path} has scenario {scenario} with action {action} more than once. Keep one row for each pair.",
    "{path} 中情景 {scenario} 的动作 {action} 出现多次。每一对只保留一行。",
  ),
  several_currencies: say(
    "{path} has amounts in several currencies: {currencies}. Convert them to one.",
    "{path} 中的金额有多种货币：{currencies}。请换算为一种。",
  ),
  unusable_curve: say(
    '{path}: customer {customer}, action {action}: the curve "{curve}" cannot be used with {stated}. It needs a cost above 0 (the largest spend) and: exponential a scale, hill half and slope, power an exponent up to 1, all above 0.',
    "{path}：顾客 {customer}、动作 {action}：曲线“{curve}”无法与 {stated} 一起使用。cost（最大花费）须大于 0，且 exponential 需要 scale，hill 需要 half 与 slope，power 需要不超过 1 的 exponent，均须大于 0。",
  ),
  spend_with_exploration: say(
    "Actions with a response curve cannot be drawn by chance. Leave out --explore, or the column curve.",
    "带响应曲线的动作不能随机抽取。请去掉 --explore，或去掉 curve 列。",
  ),
  spend_with_scenarios: say(
    "Scenarios cannot be weighed together with response curves. Leave out --scenarios, or the column curve.",
    "情景不能与响应曲线同时使用。请去掉 --scenarios，或去掉 curve 列。",
  ),
  frontier_points_out_of_range: say(
    "A frontier of {points} points cannot be drawn; ask for 2 to {most}.",
    "无法绘制 {points} 个点的前沿；请指定 2 到 {most} 个。",
  ),
  unknown_action: say(
    'There is no action "{action}". Known: {actions}.',
    "没有名为“{action}”的动作。可用：{actions}。",
  ),
  effect_not_a_number: say(
    '{path}: customer {customer}, action {action}: "{value}" in column "{column}" is not a finite number. Correct it or leave the row out.',
    "{path}：顾客 {customer}、动作 {action}：列“{column}”的“{value}”不是有限数字。请更正或删除该行。",
  ),
  repeated_customer_action: say(
    "{path} has customer {customer} with action {action} more than once. Keep one row for each pair.",
    "{path} 中顾客 {customer} 的动作 {action} 出现多次。每一对只保留一行。",
  ),
  no_nothing: say(
    "{path} has no action whose short, long and cost are 0 for everybody. Add one, or name it with --nothing.",
    "{path} 中没有对所有人 short、long、cost 都为 0 的动作。请添加一个，或用 --nothing 指定。",
  ),
  customer_without_nothing: say(
    '{path}: customer {customer} (one of {customers}) has no row for "{nothing}", and nobody can be forced to get something. Add the row with zeros.',
    "{path}：顾客 {customer}（共 {customers} 位）没有“{nothing}”这一行，而任何人都不能被强制触达。请补上数值为 0 的行。",
  ),
};
