/** Blend and intervals in words. */
export const blendEnglish = {
  show_blends:
    "How forecasts are blended, day by day and horizon by horizon: the weight of each forecaster, and what it rests on.",
  show_intervals:
    "Forecast quantiles against what came. A right one has at most its probability of the outcomes below it and at least its probability at or below it; where many outcomes are 0 the two differ. The worst tenth of customers by forecast says how far that fails somewhere. Pinball loss: lower is better; beside it the same quantile for everybody.",
  show_behaviour:
    "Who orders, and how often: the value network's chances of an order against what came, with 95 % intervals. Area under the ROC curve: 1 orders buyers before the others, 0.5 at random. Brier skill: how much nearer the chances were than one chance for everybody; 0 is no nearer.",
  column_bought_share: "ordered",
  column_area: "area under ROC",
  column_area_past_spend: "of past spend",
  column_area_verdict: "chances against past spend",
  column_brier_skill: "Brier skill",
  column_share_bias: "buyers off by",
  column_orders_bias: "orders off by",
  column_rests_on: "rests on",
  column_forecaster: "forecaster",
  column_quantile: "quantile",
  column_below: "below",
  column_at_or_below: "at or below",
  column_worst_tenth: "worst tenth off by",
  column_pinball: "pinball loss",
  column_pinball_baseline: "same for everybody",
  rests_on_earlier_origin: "{customers} customers of {origin}",
  rests_on_shorter_horizon: "the {horizonDays} days of {origin}",
  rests_on_no_earlier_origin: "no earlier day",
  interval_width:
    "Over {days} days, p10 to p90 is {width} wide on average; the same interval for everybody {baseline}.",
  interval_width_alone: "Over {days} days, p10 to p90 is {width} wide on average.",
  season_unseen:
    "Over {days} days from {origins}: no year before shows these weeks, so no forecast and no interval can know their season.",
  blend_today: "Forecasts over {days} days mix {shares}; the weights rest on {basis}.",
  blend_share: "{share} {forecaster}",
  network_weightless:
    "The {forecaster} has weight zero over {days} days ({asOf}): judged on {origin} its order of customers did not beat past spend (difference in rank correlation {estimate}, 95 % interval {low} to {high}).",
  network_unproved:
    "The networks have weight zero over {days} days ({asOf}): the history is too short to hold them against past spend on an earlier day, so the lifetime model forecasts alone.",
  quantiles_uncalibrated:
    "Intervals over {days} days ({asOf}) are the network's own, uncalibrated: no earlier outcome of that length, or nearly, is known.",
  summary_intervals:
    "Intervals over {days} days: {below10} of the outcomes lay below p10, {above90} above p90. Right is 10 % above, and at most 10 % below: nobody brings less than p10 where p10 is 0.",
  forecaster_network: "value network",
  forecaster_sequence: "sequence network",
  forecaster_pastSpend: "past spend",
  forecaster_lifetimeModel: "lifetime model",
  forecaster_ownRate: "own rate carried on",
  forecaster_blend: "blend",
  forecaster_chosenMember: "best on earlier days",
} as const;

export const blendChinese: Readonly<Record<keyof typeof blendEnglish, string>> = {
  show_blends: "预测如何混合：每个日期、每个期限各预测者的权重，以及权重的依据。",
  show_intervals:
    "预测分位数与实际结果对照。正确的分位数：低于它的结果占比不超过其概率，不高于它的占比不低于其概率；结果中有许多 0 时两者不同。“最差十分位”说明按预测分组后最多偏离多少。弹珠损失越低越好；旁边是对所有人都相同的分位数。",
  show_behaviour:
    "谁会下单、下单几次：价值网络给出的下单概率与实际对照，附 95 % 区间。ROC 曲线下面积：1 表示下单者全部排在其他人之前，0.5 相当于随机。Brier 技能：比对所有人用同一概率准确多少；0 表示没有更准。",
  column_bought_share: "下单占比",
  column_area: "ROC 曲线下面积",
  column_area_past_spend: "过往消费的面积",
  column_area_verdict: "概率与过往消费相比",
  column_brier_skill: "Brier 技能",
  column_share_bias: "下单人数偏差",
  column_orders_bias: "订单数偏差",
  column_rests_on: "依据",
  column_forecaster: "预测者",
  column_quantile: "分位数",
  column_below: "低于",
  column_at_or_below: "不高于",
  column_worst_tenth: "最差十分位偏离",
  column_pinball: "弹珠损失",
  column_pinball_baseline: "所有人相同时",
  rests_on_earlier_origin: "{origin} 的 {customers} 位顾客",
  rests_on_shorter_horizon: "{origin} 的 {horizonDays} 天结果",
  rests_on_no_earlier_origin: "没有更早的日期",
  interval_width: "{days} 天：p10 至 p90 平均宽 {width}；对所有人相同的区间宽 {baseline}。",
  interval_width_alone: "{days} 天：p10 至 p90 平均宽 {width}。",
  season_unseen: "自 {origins} 起 {days} 天：此前没有任何一年包含这些星期，因此没有预测或区间能知道它们的季节。",
  blend_today: "{days} 天的预测由 {shares} 混合而成；权重依据：{basis}。",
  blend_share: "{forecaster} {share}",
  network_weightless:
    "{forecaster}在 {days} 天上的权重为零（{asOf}）：以 {origin} 检验，其顾客排序没有胜过过往消费（排序相关之差 {estimate}，95 % 区间 {low} 至 {high}）。",
  network_unproved:
    "网络在 {days} 天上的权重为零（{asOf}）：历史太短，无法在更早的日期与过往消费比较，因此只用终身价值模型。",
  quantiles_uncalibrated: "{days} 天的区间（{asOf}）是网络自身的、未经校准：没有更早的、长度相近的结果可用。",
  summary_intervals:
    "{days} 天的区间：{below10} 的结果低于 p10，{above90} 高于 p90。正确的是高于的占 10 %，低于的至多 10 %：p10 为 0 时没有人低于它。",
  forecaster_network: "价值网络",
  forecaster_sequence: "序列网络",
  forecaster_pastSpend: "过往消费",
  forecaster_lifetimeModel: "终身价值模型",
  forecaster_ownRate: "自身频率外推",
  forecaster_blend: "混合预测",
  forecaster_chosenMember: "此前最好的一项",
};
