export type FeatureFamily = "transaction" | "behaviour" | "browsing" | "exposure" | "customer";

/** A feature of a customer at a cut-off instant, from facts known before it. */
export interface Feature {
  readonly name: string;
  readonly definition: string;
  readonly unit: "count" | "days" | "money" | "share" | "flag" | "ratio" | "bits";
  readonly family: FeatureFamily;
  /** The article's section that asks for it, or the paper that found it useful. */
  readonly source: string;
}

export const windowsDays = [7, 30, 90, 180, 365] as const;

/** How many words of a text column get a column of their own; see `vocabulary.ts`. */
export const vocabularySizes = { category: 5, channel: 4, country: 4 } as const;
export type VocabularyColumn = keyof typeof vocabularySizes;

export const places = (column: VocabularyColumn): number[] =>
  Array.from({ length: vocabularySizes[column] }, (_, index) => index + 1);

const sources = {
  article: "article §3.2.2",
  balance: "article §2.3",
  rfm: "Hughes 1994 (RFM)",
  clv: "Fader, Hardie & Lee 2005 (RFM and CLV)",
  regularity: "Platzer & Reutterer 2016 (Ticking Away the Moments)",
  lifetime: "Reinartz & Kumar 2003 (Profitable Lifetime Duration)",
  returns: "Petersen & Kumar 2009 (Product Returns)",
  deals: "Anderson & Simester 2004 (Promotion Depth)",
  entropy: "Shannon 1948 (A Mathematical Theory of Communication)",
  defection: "Buckinx & Van den Poel 2005 (Partial Defection)",
  conversion: "Moe & Fader 2004 (Dynamic Conversion Behavior)",
  browsing: "Moe 2003 (Buying, Searching, or Browsing)",
  mail: "Ansari, Mela & Neslin 2008 (Customer Channel Migration)",
  contacts: "Venkatesan & Kumar 2004 (A CLV Framework)",
  shop: "Chamberlain et al. 2017 (CLV at ASOS)",
} as const;

type Line = readonly [name: string, definition: string, unit: Feature["unit"], source: keyof typeof sources];

const family = (name: FeatureFamily, lines: readonly Line[]): Feature[] =>
  lines.map(([feature, definition, unit, source]) => ({
    name: feature,
    definition,
    unit,
    family: name,
    source: sources[source],
  }));

export const features: readonly Feature[] = [
  ...family("transaction", [
    ["ordersTotal", "orders so far", "count", "article"],
    ...windowsDays.map((days): Line => [`orders${days}d`, `orders in the last ${days} days`, "count", "article"]),
    ["valueTotal", "value so far, refunds known by then taken off: past spend", "money", "article"],
    ...windowsDays.map(
      (days): Line => [
        `value${days}d`,
        `value of the last ${days} days, net of refunds of those days`,
        "money",
        "article",
      ],
    ),
    ["netTotal", "net sales so far, whatever the value basis, before refunds", "money", "rfm"],
    [
      "valueShareOfNet",
      "value ÷ net sales of all orders so far: the margin, where value is margin",
      "share",
      "balance",
    ],
    ["valuePerOrder", "mean value of an order", "money", "clv"],
    ["valueDeviation", "standard deviation of the value of an order; missing with fewer than two", "money", "clv"],
    ["largestOrder", "largest value of an order", "money", "shop"],
    ["daysSinceLastOrder", "days since the last order", "days", "rfm"],
    ["meanGapDays", "mean days between orders; missing with fewer than two", "days", "lifetime"],
    [
      "gapDeviationDays",
      "standard deviation of the days between orders; missing with fewer than three",
      "days",
      "regularity",
    ],
    [
      "gapVariation",
      "standard deviation ÷ mean of the days between orders: 0 is a clock, 1 is chance",
      "ratio",
      "regularity",
    ],
    ["longestGapDays", "longest time between two orders; missing with fewer than two", "days", "regularity"],
    ["lateness", "days since the last order ÷ mean gap", "ratio", "regularity"],
    ["ordersSameSeason", "orders in the 90 days that began a year before", "count", "shop"],
    ["seasonShare", "share of orders within 45 days of the cut-off's day of the year, in any year", "share", "shop"],
    ["unitsPerOrder", "mean units of an order", "count", "defection"],
    ["linesPerOrder", "mean lines of an order", "count", "defection"],
    ["discountShare", "discount ÷ gross sales so far", "share", "deals"],
    ["couponShare", "share of orders with a coupon", "share", "deals"],
    ["categoryBreadth", "distinct categories bought", "count", "lifetime"],
    ["categoryEntropy", "entropy of the categories bought, by lines; missing without one", "bits", "entropy"],
    ["refundRate", "refunds per order", "ratio", "returns"],
    ["refundShare", "value refunded ÷ value ordered so far", "share", "returns"],
    ["daysSinceLastRefund", "days since the last refund; missing without one", "days", "returns"],
    ["seasonSine", "sine of the day of the year of the cut-off", "ratio", "shop"],
    ["seasonCosine", "cosine of the day of the year of the cut-off", "ratio", "shop"],
  ]),
  ...family("behaviour", [
    ["sessions30d", "sessions in the last 30 days", "count", "article"],
    ["sessions90d", "sessions in the last 90 days", "count", "article"],
    ["carts90d", "products put into a cart in the last 90 days", "count", "conversion"],
    ["cartsRemoved90d", "products taken out of a cart in the last 90 days", "count", "conversion"],
    ["checkouts90d", "checkouts begun in the last 90 days", "count", "conversion"],
    ["viewToCart90d", "carts ÷ product views of the last 90 days; missing without a view", "ratio", "conversion"],
    ["cartToCheckout90d", "checkouts ÷ carts of the last 90 days; missing without a cart", "ratio", "conversion"],
    ["checkoutToOrder90d", "orders ÷ checkouts of the last 90 days; missing without a checkout", "ratio", "conversion"],
    ["emailOpens90d", "e-mails opened in the last 90 days", "count", "mail"],
    ["emailClicks90d", "e-mails clicked in the last 90 days", "count", "mail"],
    ["emailClickRate90d", "clicks ÷ opens of e-mails of the last 90 days; missing without an open", "ratio", "mail"],
    ["daysSinceLastEvent", "days since the last event of the last 365 days; missing without one", "days", "shop"],
  ]),
  ...family("browsing", [
    ["productViews90d", "product views in the last 90 days", "count", "article"],
    ["searches90d", "searches in the last 90 days", "count", "browsing"],
    [
      "viewsPerSession90d",
      "product views ÷ sessions of the last 90 days; missing without a session",
      "ratio",
      "browsing",
    ],
    ["viewedCategories90d", "categories of the vocabulary viewed in the last 90 days", "count", "browsing"],
    ...places("category").map(
      (place): Line => [
        `viewsCategory${place}`,
        `share of the product views of the last 90 days in category ${place} of the vocabulary; missing without a view`,
        "share",
        "browsing",
      ],
    ),
    ["viewToBuy90d", "orders ÷ product views of the last 90 days; missing without a view", "ratio", "conversion"],
    [
      "daysSinceLastView",
      "days since the last product view of the last 365 days; missing without one",
      "days",
      "browsing",
    ],
  ]),
  ...family("exposure", [
    ["offers90d", "offers sent in the last 90 days", "count", "contacts"],
    ["offers365d", "offers sent in the last 365 days", "count", "contacts"],
    ["redeemed365d", "offers redeemed in the last 365 days", "count", "deals"],
    ["redemptionRate365d", "offers redeemed ÷ sent in the last 365 days; missing without one sent", "ratio", "deals"],
    [
      "daysSinceLastOffer",
      "days since the last offer was sent, shown or redeemed, in the last 365 days; missing without one",
      "days",
      "contacts",
    ],
    ["adTouches90d", "ads sent, shown or clicked in the last 90 days", "count", "contacts"],
    ["promotionViews90d", "promotions seen or clicked on the site in the last 90 days", "count", "contacts"],
  ]),
  ...family("customer", [
    ["tenureDays", "days since the first order", "days", "clv"],
    [
      "accountAgeDays",
      "days since the account was opened; missing where unknown or not yet opened",
      "days",
      "lifetime",
    ],
    ["acceptsEmail", "consent to e-mail is granted", "flag", "mail"],
    ["acceptsAds", "consent to advertising is granted", "flag", "contacts"],
    ...(["channel", "country"] as const).flatMap((column): Line[] => [
      ...places(column).map(
        (place): Line => [
          `${column}${place}`,
          `${column} ${place} of the vocabulary is the customer's`,
          "flag",
          "shop",
        ],
      ),
      [
        `${column}Share`,
        `share of the customers of the vocabulary who have the customer's ${column}; missing where unknown`,
        "share",
        "shop",
      ],
    ]),
  ]),
];

/** Features by which the effect of an offer may differ between customers. */
export const modifierNames = ["ordersTotal", "daysSinceLastOrder", "discountShare", "categoryBreadth", "emailOpens90d"];

/** What networks are told as a word by number; see `describe.ts`. */
export const wordFeatureNames = ["channelWord", "countryWord"] as const;
