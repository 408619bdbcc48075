/** What `longrun allocate` says, and the project's plan about its limits. */
export const allocationEnglish = {
  allocate_title:
    "{customers} customers, balance {balance}: {total} in all = {short} now + {long} later, at a cost of {cost}.",
  allocate_certificate: "No plan under these limits can be worth more than {bound}; this one is within {gap} of it.",
  allocate_sensitivity: "Relaxing the limit {row} by {step} would bring {total} in all: {short} now and {long} later.",
  allocate_slack: "The limit {row} leaves slack: relaxing it would bring nothing.",
  allocate_rule: "The rule “{rule}” gives away {price} of the plan's objective.",
  allocate_caution:
    "Caution ({deviations} standard deviations off every effect) gives away {price} of the expected objective.",
  allocate_cvar:
    "In the worst {tail} of the scenarios the plan is worth {cvar} of objective on average, over all of them {mean}. Beside the plan for the mean alone it gives away {price} of the mean and wins {gained} in the worst.",
  allocate_exploration:
    "{share} of the customers get an action by chance, so that effects can be measured; it gives away {price} of the objective.",
  allocate_frontier:
    "Balance from now only (0) to later only (1); the price is the now given up for one more unit of later:",
  allocate_written: "Plan: {path}",
  allocate_page_title: "Who gets what",
  caption_allocation_frontier:
    "The best plan for each balance: value now against value later. The plan of this page is ringed; no plan lies beyond the curve.",
  caption_allocation_knee:
    "At the knee (balance {balance}) one more unit of later costs {price} of now; beyond it the exchange gets dear.",
  caption_price_of_later: "What one more unit of value later costs in value now, on the way to each balance.",
  column_scenario: "scenario",
  column_probability: "probability",
  column_objective: "objective",
  column_weight: "counts",
  column_limit: "limit",
  column_limit_value: "allowed",
  column_limit_used: "used",
  column_binding: "binding",
  column_objective_per_unit: "objective per unit",
  column_balance: "balance",
  column_price_of_later: "price of later",
  column_knee: "knee",
  limit_budget: "budget",
  limit_contacts: "contacts",
  limit_long: "value later",
  limit_short: "value now",
  limit_total: "lifetime profit",
  word_yes: "yes",
};

export const allocationChinese: Readonly<Record<keyof typeof allocationEnglish, string>> = {
  allocate_title: "{customers} 位顾客，平衡值 {balance}：合计 {total} = 当期 {short} + 以后 {long}，成本 {cost}。",
  allocate_certificate: "在这些限制下，任何方案都不会超过 {bound}；本方案与它相差不到 {gap}。",
  allocate_sensitivity: "把限制“{row}”放宽 {step}，合计可多得 {total}：当期 {short}，以后 {long}。",
  allocate_slack: "限制“{row}”尚有余量：放宽它不会带来任何收益。",
  allocate_rule: "规则“{rule}”使方案的目标值减少 {price}。",
  allocate_caution: "谨慎（每个效果减去 {deviations} 个标准差）使期望目标值减少 {price}。",
  allocate_cvar:
    "在最差 {tail} 的情景中，方案的目标值平均为 {cvar}，所有情景平均为 {mean}。与只看平均值的方案相比，平均值减少 {price}，最差情景增加 {gained}。",
  allocate_exploration: "有 {share} 的顾客随机获得动作，以便测量效果；由此目标值减少 {price}。",
  allocate_frontier: "平衡值从只看当期（0）到只看以后（1）；价格是为多得一单位以后价值而放弃的当期价值：",
  allocate_written: "方案文件：{path}",
  allocate_page_title: "谁得到什么",
  caption_allocation_frontier: "每个平衡值下的最佳方案：当期价值与以后价值。圆圈为本页的方案；没有方案能越过这条曲线。",
  caption_allocation_knee:
    "在拐点（平衡值 {balance}），多得一单位以后价值要放弃 {price} 的当期价值；越过它代价就高了。",
  caption_price_of_later: "走到每个平衡值时，多得一单位以后价值所放弃的当期价值。",
  column_scenario: "情景",
  column_probability: "概率",
  column_objective: "目标值",
  column_weight: "所占分量",
  column_limit: "限制",
  column_limit_value: "允许",
  column_limit_used: "已用",
  column_binding: "起作用",
  column_objective_per_unit: "每单位目标值",
  column_balance: "平衡值",
  column_price_of_later: "以后价值的价格",
  column_knee: "拐点",
  limit_budget: "预算",
  limit_contacts: "触达次数",
  limit_long: "以后价值",
  limit_short: "当期价值",
  limit_total: "终身利润",
  word_yes: "是",
};
