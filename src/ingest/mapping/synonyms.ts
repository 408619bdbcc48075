/**
 * What shops call the columns of a canonical table, in English and Chinese: lower case, words apart, commas between. A
 * header matches by the whole name or by containing it; of several that match the longest counts, so "order total" is not
 * an "order".
 */
export type Synonyms = Readonly<Record<string, string>>;

const customerId = `customer id, customer, customer no, customer number, customer code, client id, client, buyer id, buyer,
  user id, user, member id, member no, member, account, shopper, cust id, uid, 客户编号, 客户, 客户id, 顾客,
  顾客编号, 会员, 会员号, 会员id, 会员编号, 买家, 买家昵称, 买家id, 用户, 用户id, 用户编号, 下单帐号, 下单账号`;
const orderId = `order id, order, order no, order number, order nr, order ref, order reference, order code, invoice, invoice no,
  invoice number, invoice id, transaction id, transaction, transaction no, receipt, receipt no, sale id, ticket,
  订单编号, 订单号, 订单, 订单id, 单号, 交易号, 交易编号, 发票号, 主订单编号, 流水号`;
const productId = `product id, product code, sku, item id, item code, item sku, item no, stock code, article, article no,
  article number, variant id, asin, 商品id, 商品编号, 商品编码, 货号, 商家编码, 产品编号, 规格编码`;
const title = `product name, product, item name, item, title, description, product title, goods, 商品名称, 商品, 宝贝标题,
  品名, 产品名称, 标题`;
const currency = "currency, currency code, ccy, 币种, 货币, 币别";
const email =
  "email, e mail, email address, customer email, buyer email, mail, 邮箱, 电子邮箱, 电子邮件, 客户邮箱, 买家邮箱";
const phone = `phone, phone number, mobile, mobile number, telephone, tel, customer phone, 电话, 手机, 手机号, 联系电话,
  联系手机, 买家手机号`;
const discount =
  "discount, discount amount, discount total, coupon amount, promotion amount, 优惠, 优惠金额, 折扣, 折扣金额";
const shipping = `shipping, shipping cost, shipping fee, shipping amount, shipping total, freight, delivery, delivery fee,
  postage, 运费, 邮费, 快递费`;
const tax = "tax, tax amount, tax total, total tax, vat, gst, 税, 税额, 税费";
const isTest = "is test, test, test order, 测试, 是否测试";
const country = "country, country code, ship country, shipping country, 国家, 国家地区, 收货国家";
const channel = "channel, 渠道";

const order: Synonyms = {
  order_id: orderId,
  customer_id: customerId,
  email,
  phone,
  currency,
  ordered_at: `ordered at, order date, order time, order datetime, date, datetime, time, timestamp, created at, created,
    creation date, date created, purchase date, purchased at, invoice date, transaction date, sale date, paid at,
    payment date, placed at, order placed, day, 下单时间, 下单日期, 订单创建时间, 订单时间, 订单日期, 创建时间,
    付款时间, 订单付款时间, 支付时间, 交易时间, 成交时间, 购买日期, 日期, 时间`,
  cancelled_at: "cancelled at, canceled at, cancel date, cancellation date, 取消时间",
  status: "status, order status, state, financial status, payment status, 订单状态, 状态, 交易状态, 支付状态",
  sales_channel: `${channel}, sales channel, source, order source, 销售渠道, 订单来源, 来源`,
  discount_minor: discount,
  shipping_minor: shipping,
  tax_minor: tax,
  shipping_cost_minor: "carrier cost, our shipping cost, 快递成本",
  payment_fee_minor: "payment fee, transaction fee, processing fee, 手续费, 支付手续费",
  coupon_codes: "coupon, coupon code, coupon codes, discount code, promo code, voucher, 优惠券, 优惠码",
  ship_country: country,
  is_test: isTest,
};

/** By the name of a shape; names of tables that this version does not have do no harm. */
export const synonyms: Readonly<Record<string, Synonyms>> = {
  orders: {
    ...order,
    items_gross_minor: `items gross, gross amount, goods amount, goods total, items total, product total, subtotal, sub total,
      商品金额, 商品总价, 商品金额合计, 货款, 商品总额`,
    total_minor: `total, amount, order total, order amount, order value, grand total, total amount, total price, amount paid,
      paid, paid amount, revenue, sales, sale amount, value, spend, price, net sales, 金额, 总金额, 订单金额,
      订单总额, 实付金额, 实付, 实付款, 买家实际支付金额, 支付金额, 应付金额, 总价, 合计, 成交金额, 销售额`,
  },
  orders_and_lines: {
    ...order,
    line_no: "line no, line number, line, order item id, 行号, 子订单编号",
    product_id: productId,
    title,
    quantity:
      "quantity, qty, units, count, pieces, number of items, items sold, 数量, 购买数量, 订购数量, 件数, 商品数量, 销量",
    unit_price_minor: `unit price, price, item price, price each, product price, lineitem price, 单价, 价格, 商品单价, 商品价格,
      京东价, 售价`,
    line_total_minor: `line total, line amount, amount, item total, row total, sales, revenue, total price, extended price, total,
      小计, 金额, 行金额, 商品金额, 商品总价, 销售额`,
    line_discount_minor: "line discount, item discount, 行优惠, 商品优惠",
    unit_cost_minor: "unit cost, cost, cost price, cogs, 成本, 成本价, 单位成本",
    total_minor: "order total, order amount, grand total, 订单金额, 订单总额, 实付金额",
  },
  order_lines: {
    order_id: orderId,
    line_no: "line no, line number, line, order item id, item number, 行号, 序号, 子订单编号",
    product_id: productId,
    title,
    quantity: "quantity, qty, units, count, 数量, 购买数量, 件数",
    unit_price_minor: "unit price, price, item price, 单价, 价格, 商品单价",
    line_discount_minor: discount,
    unit_cost_minor: "unit cost, cost, cost price, 成本, 成本价",
  },
  customers: {
    customer_id: `${customerId}, id, 编号`,
    created_at: `created at, created, signup date, sign up date, registered, registered at, registration date, joined,
      join date, customer since, 注册时间, 注册日期, 创建时间, 入会时间`,
    country,
    language: "language, locale, 语言",
    acquisition_channel: `${channel}, acquisition channel, source, signup source, 获客渠道, 来源, 注册渠道`,
    email,
    phone,
    consent_email: `accepts marketing, accepts email marketing, email consent, newsletter, subscribed, opt in, 接受邮件, 订阅,
      邮件订阅`,
    consent_ads: "ads consent, ad consent, 广告授权",
    is_test: isTest,
  },
  products: {
    product_id: `${productId}, id, 编号`,
    sku: "sku, 规格编码, 商家编码",
    title: `${title}, name, 名称`,
    category_path: "category, category path, product type, department, 类目, 分类, 品类",
    list_price_minor: "list price, price, retail price, rrp, msrp, 价格, 售价, 标价, 吊牌价",
    unit_cost_minor: "unit cost, cost, cost price, cost per item, cogs, 成本, 成本价, 进价",
    currency,
  },
  refunds: {
    refund_id: `refund id, refund no, refund number, refund, return id, return no, credit note, rma, 退款编号, 退款单号,
      退货单号, 售后单号`,
    order_id: orderId,
    customer_id: customerId,
    refunded_at: `refunded at, refund date, refund time, return date, returned at, date, created at, 退款时间, 退款日期,
      退货时间, 日期`,
    kind: "kind, type, refund type, 退款类型, 售后类型",
    goods_minor: `refund amount, refunded amount, refund total, amount refunded, return amount, amount, total, 退款金额,
      退货金额, 金额`,
    shipping_minor: "shipping refund, refunded shipping, shipping, 退运费",
    currency,
    reason: "reason, refund reason, return reason, 退款原因, 退货原因, 原因",
  },
  events: {
    event_id: "event id, message id, hit id, id, 事件id, 事件编号",
    customer_id: `${customerId}, visitor id, client id`,
    session_id: "session id, session, visit id, 会话, 会话id",
    occurred_at: `occurred at, event time, event date, event timestamp, timestamp, time, date, created at, 事件时间,
      发生时间, 时间, 行为时间`,
    name: "event name, event, event type, action, behavior, behaviour, 事件, 事件名称, 事件类型, 行为, 行为类型",
    product_id: `${productId}, 商品`,
  },
  ad_spend: {
    date: "date, day, reporting starts, spend date, 日期, 天",
    account_id: "account id, account, ad account, 账户, 账户id",
    campaign_id: "campaign id, campaign, campaign name, 计划, 推广计划, 广告系列, 计划id",
    adset_id: "ad set id, ad set, ad group, adset, ad set name, 单元, 推广单元, 广告组",
    ad_id: "ad id, ad, ad name, creative, 创意, 广告",
    country,
    channel: `${channel}, platform, network, source, medium, 平台, 媒体`,
    spend_minor: "spend, cost, amount spent, ad spend, ad cost, media cost, 花费, 消耗, 费用, 广告费, 推广费",
    currency,
    impressions: "impressions, impr, views, 展现量, 曝光, 曝光量, 展示",
    clicks: "clicks, link clicks, 点击量, 点击",
    platform_conversions: "conversions, purchases, results, 转化, 成交笔数",
    platform_value_minor: "conversion value, conv value, purchases conversion value, 成交金额, 转化金额",
  },
  treatments: {
    treatment_id: "treatment id, treatment, offer id, offer, coupon id, 优惠编号, 活动编号",
    type: "type, offer type, kind, 类型, 优惠类型",
    valid_days: "valid days, validity, 有效天数",
    channel,
    variable_cost_minor: "variable cost, contact cost, 触达成本",
    currency,
  },
  assignments: {
    assignment_id: "assignment id, 分配编号",
    experiment_id: "experiment id, experiment, test name, 实验, 实验编号",
    customer_id: customerId,
    treatment_id: "treatment id, treatment, offer, arm, variant, group, segment, 分组, 实验组",
    propensity: "propensity, probability, 概率, 倾向概率",
    assigned_at: "assigned at, assignment date, date, sent at, 分配时间, 发送时间",
  },
  exposures: {
    exposure_id: "exposure id, send id, 曝光编号, 发送编号",
    assignment_id: "assignment id",
    customer_id: customerId,
    treatment_id: "treatment id, treatment, offer, campaign",
    channel,
    kind: "kind, exposure, event, 动作, 类型",
    exposed_at: "exposed at, sent at, delivered at, opened at, date, time, 触达时间, 发送时间",
    order_id: orderId,
    cost_minor: "cost, 成本, 费用",
    currency,
  },
  fx_rates: {
    date: "date, day, 日期",
    base: "base, base currency, from, from currency, 基准货币, 源货币",
    quote: "quote, quote currency, to, to currency, target, 目标货币, 报价货币",
    rate: "rate, exchange rate, fx rate, 汇率",
    provider: "provider, source, 来源",
  },
};

/** Words in a header that say that it is about something other than an order being placed. */
export const otherThanOrders =
  /\b(refund\w*|return\w*|birth\w*|sign ?up|regist\w*|cancel\w*|ship\w* date|deliver\w* (date|at|time)|updated?)\b|退款|退货|生日|注册|取消|发货|更新/;

/** Words in a header that say that it describes an order or a customer and does not name one. */
export const notAnId =
  /\b(country|city|region|state|address|zip|type|group|segment|tier|level|status|notes?|comments?|remarks?|since|date|time|total|amount|value|count|quantity|source|channel|gender|age)\b|国|城市|地址|类型|等级|状态|备注|来源|渠道|金额|时间|日期|数量|性别/;
