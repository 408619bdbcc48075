/** What the relation of short-term value and lifetime value says. */
export const relationEnglish = {
  quadrant_steady_regulars: "steady regulars",
  quadrant_passing_spenders: "passing spenders",
  quadrant_late_bloomers: "late bloomers",
  quadrant_occasional_buyers: "occasional buyers",
  summary_relation:
    "Now and later: {steady} steady regulars ({share} of customers) hold {value} of the predicted {clvDays}-day value; {passing} passing spenders stand high only in the next {shortDays} days, {late} late bloomers only over {clvDays}. By forecast, the next {shortDays} days and what follows rank customers with correlation {long} ({low} to {high}){actual}.",
  summary_relation_actual: "; by what really happened, {long} ({low} to {high})",
  summary_migration:
    "From {from} to {to}, {kept} of customers kept their quadrant ({low} to {high}; {chance} by chance), {retrained} stand elsewhere only because the models were fitted again; {left} of {before} steady regulars were regulars no more.",
  summary_plans_differ:
    "A plan that looks only at the next {days} days and one that looks only beyond them choose differently for {differing} of {customers} customers, most often {greedy} against {farSighted}.",
  show_no_relation: "The history proves only one horizon, so there is no later to set against now.",
  show_relation:
    "Predicted value of the next {shortDays} days beside that of {clvDays} days. High is, in {clvDays} days, above {clv}: the upper {share} of the customers of {fittedOn}, kept since. In {shortDays} days it is above {short}: what a customer of {clv} brings by then if spread over time as the shop's value is.",
  show_relation_tested:
    "The same quadrants at the test origins: mean forecast, and mean of what followed with 95 % interval.",
  show_relation_not_tested: "No quadrant could be tested: the history is too short.",
  show_migration: "Customers by quadrant on {from} (rows) and on {to} (columns):",
  show_overrated: "Ranked far higher by the next {days} days than by CLV:",
  show_underrated: "Ranked far higher by CLV than by the next {days} days:",
  show_shared_upper:
    "Of the upper {share} of customers by the next {days} days, {shared} are in the upper {share} by CLV.",
  section_relation: "Now and lifetime",
  caption_relation:
    "Every customer by predicted value of the next {shortDays} days and of {clvDays} days, both in {currency}; the darker, the more customers. The lines divide the four quadrants.",
  label_short_value: "value of {days} days",
  column_quadrant: "quadrant",
  column_customer: "customer",
  column_share_of_short: "share of now",
  column_share_of_clv: "share of CLV",
  column_mean_short: "mean now",
  column_mean_clv: "mean CLV",
  column_forecast_short: "now, forecast",
  column_actual_short: "now, followed",
  column_forecast_clv: "CLV, forecast",
  column_actual_clv: "CLV, followed",
  column_now: "now",
  column_clv: "CLV",
  column_rank_now: "rank now",
  column_rank_clv: "rank by CLV",
  column_greedy_action: "now only: offer",
  column_far_sighted_action: "later only: offer",
  label_joined: "new since",
};

export const relationChinese: Readonly<Record<keyof typeof relationEnglish, string>> = {
  quadrant_steady_regulars: "稳定常客",
  quadrant_passing_spenders: "短期大户",
  quadrant_late_bloomers: "后劲顾客",
  quadrant_occasional_buyers: "零散顾客",
  summary_relation:
    "当前与以后：{steady} 位稳定常客（占顾客 {share}）占 {clvDays} 天预测价值的 {value}；{passing} 位短期大户只在未来 {shortDays} 天靠前，{late} 位后劲顾客只在 {clvDays} 天内靠前。按未来 {shortDays} 天与按其后的预测价值给顾客排序，秩相关为 {long}（{low} 至 {high}）{actual}。",
  summary_relation_actual: "；实际结果的秩相关为 {long}（{low} 至 {high}）",
  summary_migration:
    "从 {from} 到 {to}，{kept} 的顾客留在原象限（{low} 至 {high}；若前后无关则为 {chance}），{retrained} 仅因模型重新拟合而换了位置；原有 {before} 位稳定常客中有 {left} 位不再是常客。",
  summary_plans_differ:
    "只看未来 {days} 天的方案与只看其后的方案，对 {customers} 位顾客中的 {differing} 位作出不同选择，最常见的是前者选“{greedy}”、后者选“{farSighted}”。",
  show_no_relation: "历史只能证明一个期限，因此没有“以后”可与“当前”相比。",
  show_relation:
    "未来 {shortDays} 天的预测价值与 {clvDays} 天的预测价值对照。{clvDays} 天价值高，指高于 {clv}：即 {fittedOn} 当天顾客中最高的 {share}，此后不变。{shortDays} 天价值高，指高于 {short}：即一位价值 {clv} 的顾客，若按全店价值的时间分布，届时应带来的金额。",
  show_relation_tested: "同样的象限在各检验日：预测均值，以及实际结果的均值与 95 % 区间。",
  show_relation_not_tested: "历史太短，无法检验任何象限。",
  show_migration: "{from}（行）与 {to}（列）各象限的顾客数：",
  show_overrated: "按未来 {days} 天排名远高于按 CLV 排名的顾客：",
  show_underrated: "按 CLV 排名远高于按未来 {days} 天排名的顾客：",
  show_shared_upper: "按未来 {days} 天排在前 {share} 的顾客中，{shared} 也在按 CLV 的前 {share} 之列。",
  section_relation: "当前与终身",
  caption_relation:
    "每位顾客未来 {shortDays} 天与 {clvDays} 天的预测价值，单位均为 {currency}；颜色越深，顾客越多。两条线划分四个象限。",
  label_short_value: "{days} 天价值",
  column_quadrant: "象限",
  column_customer: "顾客",
  column_share_of_short: "占当前价值",
  column_share_of_clv: "占 CLV",
  column_mean_short: "当前均值",
  column_mean_clv: "CLV 均值",
  column_forecast_short: "当前：预测",
  column_actual_short: "当前：实际",
  column_forecast_clv: "CLV：预测",
  column_actual_clv: "CLV：实际",
  column_now: "当前",
  column_clv: "CLV",
  column_rank_now: "当前名次",
  column_rank_clv: "CLV 名次",
  column_greedy_action: "只看当前的优惠",
  column_far_sighted_action: "只看以后的优惠",
  label_joined: "其间新增",
};
