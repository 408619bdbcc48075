/** What `longrun plan` says. */
export const multiPeriodEnglish = {
  article_title: "The founding article’s problem, its sign put right: maximise discounted revenue − λ·imbalance.",
  article_sums:
    "Discounted revenue {discountedRevenue}, short-term revenue (periods 1 to {shortPeriods}) {shortTermRevenue}, imbalance {imbalance}, objective {objective}.",
  article_terminal:
    "A terminal value of {multiple} times the last period’s revenue counts too: {terminalValue} today, and in every CLV.",
  article_binding_max: "Period {period}: the maximum binds; one more unit of the lever there would bring {price}.",
  article_binding_min: "Period {period}: the minimum binds; one unit less of the lever there would bring {price}.",
  article_binding_floor: "The floor {floor} binds: one more unit of it would cost {price} of the objective.",
  plan_none_binds: "No limit binds: more room would bring nothing.",
  plan_title:
    "{periods} periods, {levers} levers: objective {objective}, {gain} more than doing nothing ({objectiveOfBaseline}).",
  plan_sums:
    "Revenue {discountedRevenue} and spending {discountedSpend}, discounted; {terminalValue} from what follows the last period; short-term revenue (periods 1 to {shortPeriods}) {shortTermRevenue}; imbalance {imbalance}.",
  plan_binding_at_most: "“{name}”{when} binds at {limit}: one more unit of it would bring {price}.",
  plan_binding_at_least: "“{name}”{when} binds at {limit}: one unit less of it would bring {price}.",
  plan_binding_floor:
    "The floor of {limit} on the lifetime value of “{segment}”{when} binds: one more unit of it would cost {price} of the objective.",
  plan_binding_lever_max:
    "“{lever}” is at its maximum in period {periods}; one more unit there would bring up to {price}.",
  plan_binding_lever_min:
    "“{lever}” is at its minimum in period {periods}; one unit less there would bring up to {price}.",
  plan_in_period: " in period {period}",
  plan_after_period: " after period {period}",
  plan_all_segments: "all segments",
  plan_solver:
    "{solver}: {status} after {iterations} iterations; KKT residual {residual} (over the problem’s own size).",
  plan_global: "The problem is concave, so this is the one optimum.",
  plan_gap: "No plan can be better by more than {gap} of the objective (bound {bound}).",
  plan_local:
    "The problem is not concave, so this is a local optimum, the best of {tried} starts: {atBest} reached it, the worst ended at {worst}.",
  plan_not_reached:
    "The search stopped before it reached an optimum: do not use these levers. Take another solver, set maxima, or simplify the plan.",
  plan_readings: "What the article printed, and what it gives:",
  plan_page_title: "Multi-period plan",
  plan_response_title: "What the levers bring",
  response_title:
    "{shape} response from {rows} rows, with {level} intervals (delta method): R² {rSquared}, residual standard error {error}.",
  response_note:
    "The intervals hold where errors are independent and spend does not follow the outcome; only an experiment rules that out.",
  response_hill_note:
    "With a fitted carry-over the intervals of a Hill curve are too narrow: 95 % ones held in 84 to 96 % of simulated tables.",
  response_brings: "What an effective spend brings:",
  response_use: "For a lever of a plan: {json}",
  column_interval: "interval",
  column_effective_spend: "effective spend",
  column_brings: "brings",
  column_lever: "lever intensity",
  column_response: "revenue per unit",
  column_plan_revenue: "revenue",
  column_spend: "spending",
  column_without_levers: "without levers",
  column_clv_after: "CLV after it",
  column_period: "period",
  label_period: "period",
  label_share_of_most: "share of the largest intensity",
  label_intensity: "effective intensity",
  label_money: "money",
  caption_levers: "Each lever over the periods, as a share of its largest intensity.",
  caption_article_levers: "The lever’s intensity over the periods.",
  caption_revenue: "Revenue of each period; the dashed line is doing nothing.",
  caption_article_revenue: "Revenue of each period.",
  caption_clv: "CLV at the end of each period: the present worth, then, of what follows.",
  caption_response:
    "What each lever brings in a period by its effective intensity (with what is carried over); the dots are the periods of the plan.",
  reading_objective_as_printed_printed: "Section 4.1 maximises Σ Rₜ/(1+r)ᵗ + λ·Σ (CLVₜ − Rₜ)².",
  reading_objective_as_printed_gives:
    "With every Xₜ at {everyX} it gives {objective}; inside 0 ≤ X ≤ 1 it ends in the corner {cornerOfUnitBox}, at {cornerObjective}.",
  reading_objective_as_printed_why:
    "No optimum: the imbalance is added, and it is convex, so its maximum runs to the edge of whatever box X lives in, and without one to infinity.",
  reading_objective_minimised_printed: "Section 4.3 minimises the same J(X) = Σ Rₜ/(1+r)ᵗ + λ·Σ (CLVₜ − Rₜ)².",
  reading_objective_minimised_gives:
    "Its minimum lies at X = {x}, with a discounted revenue of {discountedRevenue} and J = {objective}.",
  reading_objective_minimised_why:
    "An optimum of the wrong question: now revenue is punished, so the answer is negative throughout, and with X ≥ 0 it is to sell nothing.",
  reading_clv_table_printed: "The table of section 4.3 prints CLVₜ = {printed_clv}.",
  reading_clv_table_gives: "The article’s own formula gives {clv} for the revenue of its table.",
  reading_clv_table_why:
    "No formula of the article gives the printed column: it rises with t, while what is left can only shrink towards the last period, after which nothing is left.",
  reading_case_formula_minimised_printed:
    "Section 4.3 writes J(X) with the constant 100 both for fₜ and inside the future sum, and minimises it.",
  reading_case_formula_minimised_gives: "Its minimum lies at X = {x}, with J = {objective}.",
  reading_case_formula_minimised_why:
    "The future no longer depends on X, so nothing is balanced: each period chases a fixed number, less a bit because revenue is punished, and the last one is negative.",
  reading_case_formula_sign_corrected_printed: "The same formula with the imbalance taken off, maximised.",
  reading_case_formula_sign_corrected_gives: "Its maximum lies at X = {x}, with an objective of {objective}.",
  reading_case_formula_sign_corrected_why:
    "An optimum, but still of a future that X does not touch: revenue chases a fixed number, plus a bit for being worth something.",
  reading_case_listing_printed: "The listing of section 4.3 prints no result.",
  reading_case_listing_gives:
    "It does not run: it sums a one-dimensional array along axis 1, which ends in an axis error.",
  reading_case_listing_why:
    "Its gradient is not that of its J either: (1 − r)ᵗ stands for (1 + r)⁻ᵗ, and fₜ is left out.",
  reading_project_listing_printed: "Section 5.4 prints X = {printed_x} and an objective of {printed_objective}.",
  reading_project_listing_gives:
    "The listing of section 5.2 does not run: T, r and lambda_ are undefined where they are used. By the article’s formulas that X has a discounted revenue of {discountedRevenue}, an imbalance of {imbalance} and an objective of {objectiveAsPrinted} as printed, {objective} with the sign put right.",
  reading_project_listing_why:
    "The printed objective is neither; it is the first figure of the CLV table. No optimum can be checked, because none was computed.",
  reading_repaired_problem_printed:
    "What the article means is plain: much revenue, with the present and the future kept in balance.",
  reading_repaired_problem_gives:
    "Maximising Σ Rₜ/(1+r)ᵗ − λ·Σ (CLVₜ − Rₜ)² gives X = {x}, discounted revenue {discountedRevenue}, imbalance {imbalance}.",
  reading_repaired_problem_why:
    'Strictly concave, one optimum. Solvable is not yet wise: CLVₜ counts only what lies inside the horizon, so perfect balance shrinks revenue by {shrinkage} a period towards the end; without bounds revenue depends on λ, r and T only; and λ carries 1/currency. A plan ("kind": "plan") has none of these limits.',
};

export const multiPeriodChinese: Readonly<Record<keyof typeof multiPeriodEnglish, string>> = {
  article_title: "创始文章的问题（已改正符号）：最大化 折现收益 − λ·失衡。",
  article_sums:
    "折现收益 {discountedRevenue}，短期收益（第 1 至 {shortPeriods} 期）{shortTermRevenue}，失衡 {imbalance}，目标值 {objective}。",
  article_terminal: "另计终值：最后一期收益的 {multiple} 倍，折合今天 {terminalValue}，并计入每一期的 CLV。",
  article_binding_max: "第 {period} 期：上限起约束作用；此处多一单位杠杆可带来 {price}。",
  article_binding_min: "第 {period} 期：下限起约束作用；此处少一单位杠杆可带来 {price}。",
  article_binding_floor: "下限 {floor} 起约束作用：再提高一单位，目标值减少 {price}。",
  plan_none_binds: "没有任何限制起约束作用：放宽限制不会带来更多。",
  plan_title: "{periods} 期、{levers} 个杠杆：目标值 {objective}，比什么都不做（{objectiveOfBaseline}）多 {gain}。",
  plan_sums:
    "折现后收益 {discountedRevenue}、支出 {discountedSpend}；最后一期之后 {terminalValue}；短期收益（第 1 至 {shortPeriods} 期）{shortTermRevenue}；失衡 {imbalance}。",
  plan_binding_at_most: "“{name}”{when}在 {limit} 处起约束作用：多一单位可带来 {price}。",
  plan_binding_at_least: "“{name}”{when}在 {limit} 处起约束作用：少一单位可带来 {price}。",
  plan_binding_floor: "“{segment}”{when}的终身价值下限 {limit} 起约束作用：再提高一单位，目标值减少 {price}。",
  plan_binding_lever_max: "“{lever}”在第 {periods} 期达到上限；那里多一单位最多可带来 {price}。",
  plan_binding_lever_min: "“{lever}”在第 {periods} 期处于下限；那里少一单位最多可带来 {price}。",
  plan_in_period: "（第 {period} 期）",
  plan_after_period: "（第 {period} 期之后）",
  plan_all_segments: "全部客群",
  plan_solver: "{solver}：{status}，迭代 {iterations} 次；KKT 残差 {residual}（以问题自身规模计）。",
  plan_global: "该问题是凹的，因此这就是唯一的最优解。",
  plan_gap: "任何方案最多只能再好目标值的 {gap}（上界 {bound}）。",
  plan_local: "该问题不是凹的，因此这是局部最优：{tried} 个起点中最好的一个；{atBest} 个达到它，最差的止于 {worst}。",
  plan_not_reached: "搜索在到达最优之前停止：请不要使用这些杠杆。请换用其他求解器、设定上限，或简化方案。",
  plan_readings: "文章印出了什么，实际得到什么：",
  plan_page_title: "多期方案",
  plan_response_title: "各杠杆带来什么",
  response_title: "由 {rows} 行拟合的 {shape} 响应，附 {level} 区间（delta 法）：R² {rSquared}，残差标准误 {error}。",
  response_note: "区间成立的前提是误差独立，且支出不跟随结果而定；只有实验才能排除后者。",
  response_hill_note: "Hill 曲线同时拟合延续份额时，区间偏窄：在模拟表格中，95 % 区间实际只有 84 % 至 96 % 成立。",
  response_brings: "有效支出带来多少：",
  response_use: "用于方案中的杠杆：{json}",
  column_interval: "区间",
  column_effective_spend: "有效支出",
  column_brings: "带来",
  column_lever: "杠杆强度",
  column_response: "单位收益",
  column_plan_revenue: "收益",
  column_spend: "支出",
  column_without_levers: "无杠杆时",
  column_clv_after: "期末 CLV",
  column_period: "期",
  label_period: "期",
  label_share_of_most: "占最大强度的比例",
  label_intensity: "有效强度",
  label_money: "金额",
  caption_levers: "各杠杆逐期的强度，占其最大强度的比例。",
  caption_article_levers: "杠杆逐期的强度。",
  caption_revenue: "各期收益；虚线为什么都不做。",
  caption_article_revenue: "各期收益。",
  caption_clv: "各期期末的 CLV：其后收益在当时的现值。",
  caption_response: "各杠杆在一期内按有效强度（含延续部分）带来的收益；圆点是方案中的各期。",
  reading_objective_as_printed_printed: "第 4.1 节最大化 Σ Rₜ/(1+r)ᵗ + λ·Σ (CLVₜ − Rₜ)²。",
  reading_objective_as_printed_gives:
    "令每个 Xₜ 为 {everyX}，得 {objective}；在 0 ≤ X ≤ 1 内止于角点 {cornerOfUnitBox}，值 {cornerObjective}。",
  reading_objective_as_printed_why:
    "没有最优解：失衡项是加上去的，而它是凸的，最大值总跑到 X 所在盒子的边缘，没有盒子便跑向无穷。",
  reading_objective_minimised_printed: "第 4.3 节最小化同一个 J(X) = Σ Rₜ/(1+r)ᵗ + λ·Σ (CLVₜ − Rₜ)²。",
  reading_objective_minimised_gives: "其最小点为 X = {x}，折现收益 {discountedRevenue}，J = {objective}。",
  reading_objective_minimised_why: "有最优解，但问错了问题：此时收益受罚，答案处处为负；若要求 X ≥ 0，则是什么都不卖。",
  reading_clv_table_printed: "第 4.3 节的表格印出 CLVₜ = {printed_clv}。",
  reading_clv_table_gives: "按文章自己的公式，表中收益得到 {clv}。",
  reading_clv_table_why:
    "文章中没有公式能得出印出的这一列：它随 t 上升，而剩余价值越近末期只会越小，最后一期之后为零。",
  reading_case_formula_minimised_printed: "第 4.3 节的 J(X) 把常数 100 既用作 fₜ，又写进未来之和，并求最小。",
  reading_case_formula_minimised_gives: "其最小点为 X = {x}，J = {objective}。",
  reading_case_formula_minimised_why:
    "未来不再依赖 X，也就无所谓平衡：每一期只追逐一个固定的数，并因收益受罚而略少，最后一期为负。",
  reading_case_formula_sign_corrected_printed: "同一公式，减去失衡项并求最大。",
  reading_case_formula_sign_corrected_gives: "其最大点为 X = {x}，目标值 {objective}。",
  reading_case_formula_sign_corrected_why:
    "有最优解，但未来仍不受 X 影响：收益追逐一个固定的数，并因其本身有价值而略多。",
  reading_case_listing_printed: "第 4.3 节的代码没有印出结果。",
  reading_case_listing_gives: "它无法运行：对一维数组沿轴 1 求和，以轴错误告终。",
  reading_case_listing_why: "其梯度也不是其 J 的梯度：(1 + r)⁻ᵗ 写成了 (1 − r)ᵗ，并漏掉了 fₜ。",
  reading_project_listing_printed: "第 5.4 节印出 X = {printed_x}，目标函数值 {printed_objective}。",
  reading_project_listing_gives:
    "第 5.2 节的代码无法运行：T、r 和 lambda_ 在使用处未定义。按文章公式，该 X 的折现收益为 {discountedRevenue}，失衡 {imbalance}，目标值按印出的公式为 {objectiveAsPrinted}，改正符号后为 {objective}。",
  reading_project_listing_why:
    "印出的目标值两者都不是，而是 CLV 表的第一个数。什么都没有算出来，也就没有可核对的最优解。",
  reading_repaired_problem_printed: "文章的本意很清楚：收益要多，现在与未来要平衡。",
  reading_repaired_problem_gives:
    "最大化 Σ Rₜ/(1+r)ᵗ − λ·Σ (CLVₜ − Rₜ)² 得 X = {x}，折现收益 {discountedRevenue}，失衡 {imbalance}。",
  reading_repaired_problem_why:
    '严格凹，只有一个最优解。可解不等于明智：CLVₜ 只计期限之内，完全平衡会使收益在期末前每期缩减 {shrinkage}；没有上下限时，收益只取决于 λ、r 和 T；且 λ 带有 1/货币 的单位。多期方案（"kind": "plan"）没有这些局限。',
};
