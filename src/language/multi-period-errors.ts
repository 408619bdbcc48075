import { type Sentence, say } from "./sentence.ts";

/** What can go wrong with a multi-period plan; part of the closed list in `errors.ts`. */
export const multiPeriodErrorSentences: Readonly<Record<string, Sentence>> = {
  plan_not_json: say(
    "{path} is not JSON: {problem}. Numbers are written like 0.1; NaN and Infinity are none (docs/methods/plan.md).",
    "{path} 不是 JSON：{problem}。数字写作 0.1；NaN 和 Infinity 不是数字（见 docs/methods/plan.md）。",
  ),
  plan_unknown_kind: say(
    "“kind” is {kind}; a plan’s kind is one of {known}. Correct it.",
    "“kind” 为 {kind}；方案的类型须为 {known} 之一。请更正。",
  ),
  plan_unknown_key: say(
    "{place} has a key “{key}” that no plan knows. Known there: {known}.",
    "{place} 中的键“{key}”不可识别。此处可用：{known}。",
  ),
  plan_missing: say(
    "“{option}” is missing. Add it (docs/methods/plan.md).",
    "缺少“{option}”。请补上（见 docs/methods/plan.md）。",
  ),
  plan_wrong_type: say(
    "“{option}” is {value} and must be: {expected}. Correct it.",
    "“{option}”为 {value}，应为：{expected}。请更正。",
  ),
  plan_not_one_of: say(
    "“{option}” is {value}; it must be one of {known}.",
    "“{option}”为 {value}，须为 {known} 之一。",
  ),
  plan_out_of_range: say(
    "“{option}” is {value} and must be {range}. Correct it.",
    "“{option}”为 {value}，须 {range}。请更正。",
  ),
  plan_wrong_length: say(
    "“{option}” has {length} numbers where {expected} are needed, one a period. Give as many, or a single number.",
    "“{option}”有 {length} 个数，应为 {expected} 个（每期一个）。请补齐，或只写一个数。",
  ),
  plan_bounds_crossed: say(
    "“{least}” is {lower} and “{most}” is {upper} in period {period}: the first must not exceed the second.",
    "第 {period} 期“{least}”为 {lower}，“{most}”为 {upper}：前者不得大于后者。",
  ),
  plan_two_penalties: say(
    "“lambda” and “imbalancePenalty” are two names of one number. Give only one of them.",
    "“lambda”与“imbalancePenalty”是同一个数的两个名字。请只写其中一个。",
  ),
  plan_growth_not_below_rate: say(
    "“terminalGrowth” is {growth} and “rate” is {rate}: the terminal value g·R/(r − g) needs g below r. Lower the growth.",
    "“terminalGrowth”为 {growth}，“rate”为 {rate}：终值 g·R/(r − g) 要求 g 小于 r。请降低增长率。",
  ),
  plan_growth_unbounded: say(
    "With “terminalGrowth” {growth} at half the rate {rate} the last period is in balance at any size, so revenue has no end. Set “max”, or another growth.",
    "“terminalGrowth”{growth} 恰为“rate”{rate} 的一半时，最后一期无论多大都平衡，收益没有尽头。请设定“max”，或改用其他增长率。",
  ),
  plan_unbounded: say(
    "Without a penalty (“lambda” 0) and without “max” in period {period} revenue has no end. Set one of them.",
    "没有惩罚（“lambda”为 0）且第 {period} 期没有“max”，收益没有尽头。请至少设定其一。",
  ),
  plan_floor_unattainable: say(
    "The floor {floor} on discounted revenue is above what the levers’ maxima allow: at most {attainable} is attainable. Lower the floor or raise “max”.",
    "折现收益下限 {floor} 超过杠杆上限所能达到的：最多可达 {attainable}。请降低下限或提高“max”。",
  ),
  plan_retention_too_high: say(
    "“terminal.retention” is {retention}: what follows the last period would be worth infinitely much. It must be below 1 + rate = {most}.",
    "“terminal.retention”为 {retention}：最后一期之后的价值将为无穷。它须小于 1 + rate = {most}。",
  ),
  plan_unknown_name: say(
    "“{option}” names “{name}”, which there is not. Known: {known}.",
    "“{option}”提到的“{name}”不存在。可用：{known}。",
  ),
  plan_name_twice: say(
    "“{option}” has the name “{name}” twice. Rename one of them.",
    "“{option}”中名称“{name}”出现了两次。请改其中一个。",
  ),
  plan_limit_without_side: say(
    "The limit “{limit}” limits nothing. Give it “atMost”, “atLeast” or both.",
    "限制“{limit}”没有限制任何东西。请写“atMost”、“atLeast”或两者。",
  ),
  plan_memory_too_strong: say(
    "What the levers do to later revenue could take {share} times the baseline of “{segment}”. Weaken memory.effects, or lower the levers’ max.",
    "各杠杆对以后收益的影响可能超过“{segment}”基线的 {share} 倍。请减弱 memory.effects，或降低杠杆的 max。",
  ),
  plan_needs_baseline: say(
    "The imbalance is measured against the baseline, and there is none in period {period}. Give a segment a baseline there, or set imbalancePenalty to 0.",
    "失衡以基线为准，而第 {period} 期没有基线。请为某个客群填写基线，或将 imbalancePenalty 设为 0。",
  ),
  plan_limits_conflict: say(
    "These limits cannot hold together within the levers’ bounds: {limits}; the nearest plan misses them by {missed}. Relax one of them.",
    "在杠杆的上下限内，这些限制无法同时成立：{limits}；最接近的方案仍差 {missed}。请放宽其中之一。",
  ),
  plan_clv_floor_unattainable: say(
    "The floor {floor} on lifetime value (segment {segment}, after period {after}) is out of reach: the most that levers and limits allow is {attainable}. Lower it, or relax the limits.",
    "终身价值下限 {floor}（客群 {segment}，第 {after} 期之后）无法达到：杠杆与限制所允许的最大值为 {attainable}。请降低下限，或放宽限制。",
  ),
  plan_floors_conflict: say(
    "Each floor can be reached alone, but not all together under these limits: “{name}” is missed by {missed}. Relax it, or another.",
    "每个下限单独都能达到，但在这些限制下不能同时达到：“{name}”差 {missed}。请放宽它或其他下限。",
  ),
  response_carry_over_invalid: say(
    "--carry-over is “{value}”; it must be a share from 0 to below 1, or fit.",
    "--carry-over 为“{value}”，须为 0 到 1（不含）之间的份额，或 fit。",
  ),
  response_lengths_differ: say(
    "There are {spend} spends and {outcome} outcomes. Give one of each for every period.",
    "支出有 {spend} 个，结果有 {outcome} 个。请为每期各给一个。",
  ),
  response_too_few_rows: say(
    "The table has {rows} rows; this curve needs {needed}. Add periods, or take a shape with fewer parameters.",
    "表中有 {rows} 行，而这条曲线需要 {needed} 行。请增加期数，或改用参数较少的形状。",
  ),
  response_negative_spend: say(
    "Row {row} has a spend of {value}; spends cannot be negative. Correct it.",
    "第 {row} 行的支出为 {value}；支出不能为负。请更正。",
  ),
  response_constant_spend: say(
    "Every spend is {value}: what more or less would bring cannot be known from this table. Vary the spend, best at random.",
    "所有支出都是 {value}：从这张表无法知道多花或少花会带来什么。请改变支出，最好随机变化。",
  ),
  response_too_few_spends: say(
    "There are only {different} different spends; this curve needs {needed}. Vary the spend more, or take a shape with fewer parameters.",
    "只有 {different} 种不同的支出，而这条曲线需要 {needed} 种。请让支出有更多变化，或改用参数较少的形状。",
  ),
  response_does_not_rise: say(
    "The outcome does not rise with the spend, so no response curve fits. Check the columns, and what else moved the outcome.",
    "结果并不随支出上升，因此没有响应曲线适合。请检查各列，以及还有什么影响了结果。",
  ),
  response_not_identified: say(
    "The table does not say what “{parameter}” is: within the spends seen (up to {most}) the curve’s bend does not show clearly enough. Vary the spend more widely, add periods, or take another shape.",
    "这张表无法确定“{parameter}”：在已有支出范围内（至多 {most}），曲线的弯曲不够明显。请扩大支出的变化范围、增加期数，或改用其他形状。",
  ),
};
