import { type Sentence, say } from "./sentence.ts";

/** How a feature is said of one customer; `otherwise` where it is missing, or a flag that is not set. */
export interface FeatureWords {
  readonly says: Sentence;
  readonly otherwise?: Sentence;
}

const words = (en: string, zh: string, otherwise?: Sentence): FeatureWords => ({ says: say(en, zh), otherwise });

const oneOrder = say("one order so far", "目前只有一个订单");
const twoOrders = say("fewer than three orders so far", "目前不足三个订单");
const noView = say("no product view in the last {days} days", "最近 {days} 天没有浏览商品");
const noCart = say("nothing put into the cart in the last {days} days", "最近 {days} 天没有加购");
const unknownOrigin = say("origin unknown", "来源未知");

/**
 * By the feature's name without its days or place: `orders90d` is `orders`, `country2` is `country`. {value} is the customer's
 * own, {days} the window's, {word} what a place of the vocabulary stands for; [one|many] follows the value.
 */
export const featureWords: Readonly<Record<string, FeatureWords>> = {
  ordersTotal: words("{value} [order|orders] so far", "累计下单 {value} 次"),
  orders: words("{value} [order|orders] in the last {days} days", "最近 {days} 天下单 {value} 次"),
  valueTotal: words("{value} of value so far", "累计价值 {value}"),
  value: words("{value} of value in the last {days} days", "最近 {days} 天价值 {value}"),
  netTotal: words("{value} of net sales so far", "累计净销售额 {value}"),
  valueShareOfNet: words("{value} of net sales left as value", "净销售额中有 {value} 成为价值"),
  valuePerOrder: words("{value} of value per order", "平均每单价值 {value}"),
  valueDeviation: words(
    "orders whose value varies by {value}",
    "各单价值相差约 {value}",
    say("fewer than two orders to compare", "不足两个订单可比"),
  ),
  largestOrder: words("largest order worth {value}", "最大一单价值 {value}"),
  daysSinceLastOrder: words("last order {value} [day|days] ago", "上次下单在 {value} 天前"),
  meanGapDays: words("an order every {value} [day|days]", "平均每 {value} 天下一单", oneOrder),
  gapDeviationDays: words("days between orders varying by {value}", "下单间隔波动 {value} 天", twoOrders),
  gapVariation: words(
    "rhythm of orders {value} (0 a clock, 1 chance)",
    "下单节奏 {value}（0 如钟表，1 如随机）",
    twoOrders,
  ),
  longestGapDays: words("longest pause {value} [day|days]", "最长间隔 {value} 天", oneOrder),
  lateness: words(
    "{value} times the usual pause since the last order",
    "距上次下单已是平常间隔的 {value} 倍",
    oneOrder,
  ),
  ordersSameSeason: words("{value} [order|orders] at this time last year", "去年此时下单 {value} 次"),
  seasonShare: words("{value} of orders at this time of the year", "{value} 的订单在每年此时"),
  seasonSine: words("the time of the year", "当前时节"),
  seasonCosine: words("the time of the year", "当前时节"),
  unitsPerOrder: words("{value} [unit|units] per order", "平均每单 {value} 件"),
  linesPerOrder: words("{value} [product|products] per order", "平均每单 {value} 种商品"),
  discountShare: words("{value} of sales given as discounts", "折扣占销售额 {value}"),
  couponShare: words("{value} of orders with a coupon", "{value} 的订单使用优惠券"),
  categoryBreadth: words("{value} [category|categories] bought", "买过 {value} 个品类"),
  categoryEntropy: words(
    "variety of categories {value} [bit|bits]",
    "品类多样度 {value} 比特",
    say("no category known", "品类未知"),
  ),
  refundRate: words("{value} [refund|refunds] per order", "平均每单退款 {value} 次"),
  refundShare: words("{value} of value refunded", "{value} 的价值被退款"),
  daysSinceLastRefund: words(
    "last refund {value} [day|days] ago",
    "上次退款在 {value} 天前",
    say("never a refund", "从未退款"),
  ),
  sessions: words("{value} [visit|visits] in the last {days} days", "最近 {days} 天访问 {value} 次"),
  carts: words(
    "{value} [product|products] put into the cart in the last {days} days",
    "最近 {days} 天加购 {value} 件商品",
  ),
  cartsRemoved: words(
    "{value} [product|products] taken out of the cart in the last {days} days",
    "最近 {days} 天移出购物车 {value} 件商品",
  ),
  checkouts: words("{value} [checkout|checkouts] begun in the last {days} days", "最近 {days} 天进入结算 {value} 次"),
  viewToCart: words(
    "{value} carts per product view in the last {days} days",
    "最近 {days} 天每次浏览加购 {value} 次",
    noView,
  ),
  cartToCheckout: words(
    "{value} checkouts per cart in the last {days} days",
    "最近 {days} 天每次加购结算 {value} 次",
    noCart,
  ),
  checkoutToOrder: words(
    "{value} orders per checkout in the last {days} days",
    "最近 {days} 天每次结算下单 {value} 次",
    say("no checkout begun in the last {days} days", "最近 {days} 天没有进入结算"),
  ),
  viewToBuy: words(
    "{value} orders per product view in the last {days} days",
    "最近 {days} 天每次浏览下单 {value} 次",
    noView,
  ),
  emailOpens: words("{value} [e-mail|e-mails] opened in the last {days} days", "最近 {days} 天打开邮件 {value} 封"),
  emailClicks: words("{value} [e-mail|e-mails] clicked in the last {days} days", "最近 {days} 天点击邮件 {value} 封"),
  emailClickRate: words(
    "{value} clicks per opened e-mail in the last {days} days",
    "最近 {days} 天每封打开的邮件点击 {value} 次",
    say("no e-mail opened in the last {days} days", "最近 {days} 天没有打开邮件"),
  ),
  daysSinceLastEvent: words(
    "last seen {value} [day|days] ago",
    "上次到访在 {value} 天前",
    say("not seen for a year", "一年未到访"),
  ),
  productViews: words("{value} product [view|views] in the last {days} days", "最近 {days} 天浏览商品 {value} 次"),
  searches: words("{value} [search|searches] in the last {days} days", "最近 {days} 天搜索 {value} 次"),
  viewsPerSession: words(
    "{value} product views per visit in the last {days} days",
    "最近 {days} 天每次访问浏览商品 {value} 次",
    say("no visit in the last {days} days", "最近 {days} 天没有访问"),
  ),
  viewedCategories: words(
    "{value} [category|categories] viewed in the last {days} days",
    "最近 {days} 天浏览 {value} 个品类",
  ),
  viewsCategory: words(
    "{value} of product views in {word}",
    "{value} 的浏览在“{word}”",
    say("no product view lately", "近期没有浏览商品"),
  ),
  daysSinceLastView: words(
    "last product view {value} [day|days] ago",
    "上次浏览商品在 {value} 天前",
    say("no product view for a year", "一年没有浏览商品"),
  ),
  offers: words("{value} [offer|offers] received in the last {days} days", "最近 {days} 天收到优惠 {value} 次"),
  redeemed: words("{value} [offer|offers] redeemed in the last {days} days", "最近 {days} 天兑换优惠 {value} 次"),
  redemptionRate: words(
    "{value} of offers redeemed in the last {days} days",
    "最近 {days} 天兑换了 {value} 的优惠",
    say("no offer received in the last {days} days", "最近 {days} 天没有收到优惠"),
  ),
  daysSinceLastOffer: words(
    "last offer {value} [day|days] ago",
    "上次触达在 {value} 天前",
    say("no offer for a year", "一年没有触达"),
  ),
  adTouches: words("{value} [ad|ads] seen or sent in the last {days} days", "最近 {days} 天广告触达 {value} 次"),
  promotionViews: words(
    "{value} [promotion|promotions] seen on the site in the last {days} days",
    "最近 {days} 天在站内看到促销 {value} 次",
  ),
  tenureDays: words("first order {value} [day|days] ago", "首次下单在 {value} 天前"),
  accountAgeDays: words(
    "account opened {value} [day|days] ago",
    "开户已 {value} 天",
    say("account of unknown age", "开户时间未知"),
  ),
  acceptsEmail: words("accepts e-mail", "同意接收邮件", say("does not accept e-mail", "未同意接收邮件")),
  acceptsAds: words("accepts advertising", "同意接收广告", say("does not accept advertising", "未同意接收广告")),
  channel: words("came through {word}", "来自“{word}”", say("did not come through {word}", "并非来自“{word}”")),
  channelShare: words("came the way of {value} of customers", "与 {value} 的顾客来源相同", unknownOrigin),
  country: words("lives in {word}", "位于 {word}", say("does not live in {word}", "不在 {word}")),
  channelWord: words("came through {value}", "来自“{value}”"),
  countryWord: words("lives in {value}", "位于 {value}"),
  countryShare: words("lives where {value} of customers do", "与 {value} 的顾客同在一国", unknownOrigin),
};

/** Around the words of a feature, and what is said of one customer. */
export const reasonsEnglish = {
  reason_raises: "{fact} (typical: {typical}) raises it by {effect}",
  reason_lowers: "{fact} (typical: {typical}) lowers it by {effect}",
  reason_typical_missing: "none",
  no: "no",
  concept_recency: "last order",
  concept_frequency: "number of orders",
  concept_spending: "value so far",
  concept_basket: "size of orders",
  concept_rhythm: "rhythm",
  concept_season: "season",
  concept_discounts: "discounts",
  concept_variety: "variety",
  concept_returns: "refunds",
  concept_visits: "visits",
  concept_interests: "interests",
  concept_carts: "carts",
  concept_email: "e-mail",
  concept_offers: "offers and ads",
  concept_tenure: "time as a customer",
  concept_origin: "origin",
  section_reasons: "Reasons",
  caption_reasons:
    "Why the network's forecast of a customer differs from that of a typical one ({short} in {shortDays} days, {clv} in {clvDays} days), who is in the middle of every feature. The three strongest reasons of the {clvDays}-day value for the middle customer of each quadrant; effects are Shapley values and add up to the difference. They say what the network rests on, not what would happen if it were changed; the plan uses the network's forecast blended with others.",
  reason_example: "{quadrant}: {customerId}, {value}",
  reason_rest: "everything else: {effect}",
  customer_title: "{customerId} on {asOf}: {quadrant}.",
  customer_title_no_quadrant: "{customerId} on {asOf}.",
  customer_predictions:
    "Predicted value, with the range expected to hold 8 of 10 customers like this one, the chance of buying at all, and what the network and the lifetime model forecast alone:",
  customer_earlier: "Quadrants before: {places}.",
  customer_reasons: "{days} days: the network forecasts {value}, against {typical} for a typical customer.",
  customer_planned:
    "Planned: {action}, drawn with probability {propensity}; expected against nothing: {short} now, {long} later, cost {cost}.",
  customer_why_best: "Nothing else promises more for this customer.",
  customer_why_within_limits:
    "Something else would promise more for this customer, but not enough for what it uses of: {limits}.",
  customer_why_within_rounding: "Something else would promise more for this customer; the limits leave no room for it.",
  customer_why_rule: "A rule keeps away what would promise more.",
  customer_why_exploration: "Drawn by chance, so that effects can be measured.",
  customer_held_out: "Planned: nothing; held out to measure the plan.",
  customer_no_plan: "There is no plan.",
  customer_features: "What was known, and what is typical:",
  column_low: "low (10 %)",
  column_high: "high (90 %)",
  column_chance: "buys",
  column_expected_orders: "orders",
  word_rare: "another or unknown",
  column_typical: "typical",
};

export const reasonsChinese: Readonly<Record<keyof typeof reasonsEnglish, string>> = {
  reason_raises: "{fact}（典型：{typical}），使其提高 {effect}",
  reason_lowers: "{fact}（典型：{typical}），使其降低 {effect}",
  reason_typical_missing: "无",
  no: "否",
  concept_recency: "上次下单",
  concept_frequency: "下单次数",
  concept_spending: "累计价值",
  concept_basket: "订单大小",
  concept_rhythm: "节奏",
  concept_season: "季节",
  concept_discounts: "折扣",
  concept_variety: "品类广度",
  concept_returns: "退款",
  concept_visits: "访问",
  concept_interests: "兴趣",
  concept_carts: "购物车",
  concept_email: "邮件",
  concept_offers: "优惠与广告",
  concept_tenure: "顾客时长",
  concept_origin: "来源",
  section_reasons: "原因",
  caption_reasons:
    "网络对某位顾客的预测为何不同于典型顾客（{shortDays} 天 {short}，{clvDays} 天 {clv}）；典型顾客的每个特征都取中间值。下面是各象限居中的顾客 {clvDays} 天价值的三个最强原因；影响为 Shapley 值，合计等于差额。它们说明网络依据什么，而不是改变它会发生什么；方案使用的是网络与其他预测的混合。",
  reason_example: "{quadrant}：{customerId}，{value}",
  reason_rest: "其余合计：{effect}",
  customer_title: "{customerId}，{asOf}：{quadrant}。",
  customer_title_no_quadrant: "{customerId}，{asOf}。",
  customer_predictions: "预测价值、预计十位同类顾客中八位所在的范围、会购买的概率，以及网络与终身价值模型各自的预测：",
  customer_earlier: "此前的象限：{places}。",
  customer_reasons: "{days} 天：网络预测 {value}，典型顾客为 {typical}。",
  customer_planned:
    "计划：{action}，抽取概率 {propensity}；与什么都不做相比，预期当前 {short}，以后 {long}，成本 {cost}。",
  customer_why_best: "对这位顾客而言，没有更好的选择。",
  customer_why_within_limits: "另有动作对这位顾客更好，但不值得为它占用以下限制：{limits}。",
  customer_why_within_rounding: "另有动作对这位顾客更好，但各项限制已无余地。",
  customer_why_rule: "规则排除了更好的动作。",
  customer_why_exploration: "随机抽取，以便测量效果。",
  customer_held_out: "计划：不做任何动作；留作对照组以衡量方案。",
  customer_no_plan: "没有方案。",
  customer_features: "已知信息与典型值：",
  column_low: "低（10 %）",
  column_high: "高（90 %）",
  column_chance: "购买概率",
  column_expected_orders: "预期订单",
  word_rare: "其他或未知",
  column_typical: "典型",
};
