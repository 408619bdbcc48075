"""The catalogue of docs/features.md in Polars: lazy scans, one group_by per fact table, the streaming engine."""

import math
from datetime import datetime, timedelta, timezone
from functools import reduce

import polars as pl
from definitions import (CUSTOMERS, EVENT_COUNTS, EVENTS, EXPOSURES, LINES, LONGEST_VOCABULARY, MINOR_PER_MAJOR, ORDERS,
                         REFUNDS, US_PER_DAY, VOCABULARY, WINDOWS_DAYS, run)

SEEN_CATEGORIES = range(1, VOCABULARY["category"] + 1)


def catalogue(folder, output, as_of_us):
    as_of = datetime.fromtimestamp(as_of_us / 1e6, timezone.utc).replace(tzinfo=None)
    scan = lambda name, columns: pl.scan_parquet(f"{folder}/{name}.parquet").select(columns)
    before = lambda frame: frame.filter(pl.col("known_at") < as_of)
    recent = lambda frame: before(frame).filter(pl.col("known_at") >= as_of - timedelta(days=365))
    age = (as_of_us - pl.col("known_at").dt.epoch("us")) / US_PER_DAY
    orders = before(scan("orders", ORDERS))
    events = scan("events", EVENTS)
    customers = scan("customers", CUSTOMERS)
    words = vocabulary(before(events), orders, customers)
    channels = scan("treatments", ["treatment_id", "channel"])
    exposed = recent(scan("exposures", EXPOSURES)).join(channels, on="treatment_id", how="left")
    families = [
        of_orders(orders.with_columns(age=age), as_of),
        of_refunds(before(scan("refunds", REFUNDS)).with_columns(age=age)),
        of_lines(before(scan("order_lines", LINES))),
        of_events(recent(events).with_columns(age=age), words["category"]),
        of_exposures(exposed.with_columns(age=age)),
        customers,
    ]
    # Everybody with an order has a row of the first family.
    wide = reduce(lambda left, right: left.join(right, on="customer_id", how="left"), families)
    features(wide, words, as_of, as_of_us).sort("customer_id").sink_parquet(output, compression="zstd", engine="streaming")
    return pl.scan_parquet(output).select(pl.len()).collect().item()


def vocabulary(events, orders, customers):
    ranked = lambda frame, column: (
        frame.filter(pl.col(column).is_not_null()).group_by(word=pl.col(column)).agg(n=pl.len())
        .sort(["n", "word"], descending=[True, False]).head(LONGEST_VOCABULARY))
    buyers = customers.join(orders.select("customer_id"), on="customer_id", how="semi")
    category, channel, country = pl.collect_all(
        [ranked(events.filter(pl.col("name") == "product_view"), "category"), ranked(buyers, "acquisition_channel"),
         ranked(buyers, "country")], engine="streaming")
    shares = lambda frame: list(zip(frame["word"], frame["n"] / frame["n"].sum()))
    return {"category": category["word"].head(VOCABULARY["category"]).to_list(), "channel": shares(channel),
            "country": shares(country)}


def of_orders(orders, as_of):
    age, value = pl.col("age"), pl.col("value_minor")
    apart = (pl.col("known_at").dt.ordinal_day().cast(pl.Int32) - as_of.timetuple().tm_yday).abs()
    gap = pl.col("known_at").sort().diff().dt.total_microseconds() / US_PER_DAY
    return orders.group_by("customer_id").agg(
        *[(age <= days).sum().cast(pl.Float64).alias(f"orders{days}d") for days in WINDOWS_DAYS],
        *[value.filter(age <= days).sum().alias(f"ordersValue{days}d") for days in WINDOWS_DAYS],
        ordersTotal=pl.len().cast(pl.Float64),
        ordersValueTotal=value.sum(),
        net=pl.col("net_minor").sum(),
        valueDeviation=value.std(),
        largestOrder=value.max(),
        daysSinceLastOrder=age.min(),
        tenureDays=age.max(),
        meanGapDays=gap.mean(),
        gapDeviationDays=gap.std(),
        longestGapDays=gap.max(),
        ordersSameSeason=((age <= 365) & (age > 275)).sum().cast(pl.Float64),
        ordersThisSeason=((apart <= 45) | (apart >= 320)).sum(),
        units=pl.col("units").sum(),
        gross=pl.col("gross_minor").sum(),
        discount=pl.col("discount_minor").sum(),
        couponOrders=pl.col("has_coupon").sum(),
    )


def of_refunds(refunds):
    age, value = pl.col("age"), pl.col("value_minor")
    return refunds.group_by("customer_id").agg(
        *[value.filter(age <= days).sum().alias(f"refundsValue{days}d") for days in WINDOWS_DAYS],
        refunds=pl.len(),
        refundsValueTotal=value.sum(),
        daysSinceLastRefund=age.min(),
    )


def of_lines(lines):
    bought = lines.group_by("customer_id", "category").agg(n=pl.len().cast(pl.Float64))
    n, named = pl.col("n"), pl.col("category").is_not_null()
    return bought.group_by("customer_id").agg(
        lines=n.sum(),
        categoryBreadth=named.sum().cast(pl.Float64),
        categoryLines=n.filter(named).sum(),
        categoryLineLogs=(n * n.log(2)).filter(named).sum(),
    )


def of_events(events, categories):
    age, name = pl.col("age"), pl.col("name")
    last90 = age <= 90
    viewed = (name == "product_view") & last90
    seen = {f"views{place}": viewed & (pl.col("category") == categories[place - 1]) if place <= len(categories) else pl.lit(False)
            for place in SEEN_CATEGORIES}
    return events.group_by("customer_id").agg(
        *[(name.is_in(names) & last90).sum().cast(pl.Float64).alias(feature) for feature, names in EVENT_COUNTS.items()],
        *[condition.sum().cast(pl.Float64).alias(feature) for feature, condition in seen.items()],
        sessions30d=pl.col("session_id").filter(age <= 30).drop_nulls().n_unique().cast(pl.Float64),
        sessions90d=pl.col("session_id").filter(last90).drop_nulls().n_unique().cast(pl.Float64),
        daysSinceLastEvent=age.min(),
        daysSinceLastView=age.filter(name == "product_view").min(),
    )


def of_exposures(exposures):
    age, kind = pl.col("age"), pl.col("kind")
    touch = (pl.col("channel") == "ads") & kind.is_in(["sent", "impression", "click"])
    return exposures.group_by("customer_id").agg(
        offers90d=((kind == "sent") & (age <= 90)).sum().cast(pl.Float64),
        offers365d=(kind == "sent").sum().cast(pl.Float64),
        redeemed365d=(kind == "redeemed").sum().cast(pl.Float64),
        daysSinceLastOffer=age.min(),
        adTouches90d=(touch & (age <= 90)).sum().cast(pl.Float64),
    )


def features(wide, words, as_of, as_of_us):
    c = pl.col
    zero = lambda name: c(name).fill_null(0)
    over = lambda a, b: pl.when(b != 0).then(a / b)
    major = lambda value: value / MINOR_PER_MAJOR
    net_value = lambda window: major((zero(f"ordersValue{window}") - zero(f"refundsValue{window}")).cast(pl.Float64))
    flag = lambda condition: pl.when(condition).then(1.0).otherwise(0.0)
    angle = as_of.timetuple().tm_yday * 2 * math.pi / 365.25
    created = c("created_at")

    def coded(column, value, known):
        flags = {f"{column}{place}": flag(value == known[place - 1][0]) if place <= len(known) else pl.lit(None, pl.Float64)
                 for place in range(1, VOCABULARY[column] + 1)}
        share = value.replace_strict(dict(known), default=0.0, return_dtype=pl.Float64) if known else pl.lit(None, pl.Float64)
        return {**flags, f"{column}Share": pl.when(value.is_not_null()).then(share)}

    return wide.select(
        "customer_id",
        "ordersTotal",
        *[f"orders{days}d" for days in WINDOWS_DAYS],
        net_value("Total").alias("valueTotal"),
        *[net_value(f"{days}d").alias(f"value{days}d") for days in WINDOWS_DAYS],
        major(c("net")).alias("netTotal"),
        over(c("ordersValueTotal"), c("net")).alias("valueShareOfNet"),
        major(c("ordersValueTotal") / c("ordersTotal")).alias("valuePerOrder"),
        major(c("valueDeviation")),
        major(c("largestOrder")),
        "daysSinceLastOrder", "meanGapDays", "gapDeviationDays",
        over(c("gapDeviationDays"), c("meanGapDays")).alias("gapVariation"),
        "longestGapDays",
        (c("daysSinceLastOrder") / c("meanGapDays").clip(lower_bound=1)).alias("lateness"),
        "ordersSameSeason",
        (c("ordersThisSeason") / c("ordersTotal")).alias("seasonShare"),
        (c("units") / c("ordersTotal")).alias("unitsPerOrder"),
        (c("lines") / c("ordersTotal")).alias("linesPerOrder"),
        over(c("discount"), c("gross")).alias("discountShare"),
        (c("couponOrders") / c("ordersTotal")).alias("couponShare"),
        zero("categoryBreadth"),
        pl.when(c("categoryLines") > 0).then(c("categoryLines").log(2) - c("categoryLineLogs") / c("categoryLines"))
        .alias("categoryEntropy"),
        (zero("refunds") / c("ordersTotal")).alias("refundRate"),
        over(zero("refundsValueTotal"), c("ordersValueTotal")).alias("refundShare"),
        "daysSinceLastRefund",
        pl.lit(math.sin(angle)).alias("seasonSine"), pl.lit(math.cos(angle)).alias("seasonCosine"),
        zero("sessions30d"), zero("sessions90d"), *[zero(name) for name in EVENT_COUNTS],
        over(c("carts90d"), c("productViews90d")).alias("viewToCart90d"),
        over(c("checkouts90d"), c("carts90d")).alias("cartToCheckout90d"),
        over(c("orders90d"), c("checkouts90d")).alias("checkoutToOrder90d"),
        over(c("emailClicks90d"), c("emailOpens90d")).alias("emailClickRate90d"),
        "daysSinceLastEvent",
        over(c("productViews90d"), c("sessions90d")).alias("viewsPerSession90d"),
        pl.sum_horizontal([flag(c(f"views{place}") > 0) for place in SEEN_CATEGORIES]).alias("viewedCategories90d"),
        *[(over(c(f"views{place}"), c("productViews90d")) if place <= len(words["category"]) else pl.lit(None, pl.Float64))
          .alias(f"viewsCategory{place}") for place in SEEN_CATEGORIES],
        over(c("orders90d"), c("productViews90d")).alias("viewToBuy90d"),
        "daysSinceLastView",
        zero("offers90d"), zero("offers365d"), zero("redeemed365d"),
        over(c("redeemed365d"), c("offers365d")).alias("redemptionRate365d"),
        "daysSinceLastOffer",
        zero("adTouches90d"),
        "tenureDays",
        pl.when(created < as_of).then((as_of_us - created.dt.epoch("us")) / US_PER_DAY).alias("accountAgeDays"),
        flag(c("consent_email") == "granted").alias("acceptsEmail"),
        flag(c("consent_ads") == "granted").alias("acceptsAds"),
        **coded("channel", c("acquisition_channel"), words["channel"]),
        **coded("country", c("country"), words["country"]),
    )


if __name__ == "__main__":
    run(catalogue)
