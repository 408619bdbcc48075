"""The catalogue of docs/features.md in pandas: customers as integer codes, masked columns, one groupby per fact table."""

import numpy as np
import pandas as pd
from definitions import (CUSTOMERS, EVENT_COUNTS, EVENTS, EXPOSURES, LINES, LONGEST_VOCABULARY, MINOR_PER_MAJOR, ORDERS,
                         REFUNDS, US_PER_DAY, VOCABULARY, WINDOWS_DAYS, run)

SEEN_CATEGORIES = range(1, VOCABULARY["category"] + 1)


def catalogue(folder, output, as_of_us):
    as_of = pd.Timestamp(as_of_us, unit="us")
    orders = before(read(folder, "orders", ORDERS), as_of)
    # Customers become codes once, so that every groupby is over integers; only buyers are described.
    people = pd.Index(np.sort(orders["customer_id"].unique()), name="customer_id")
    customers = read(folder, "customers", CUSTOMERS).set_index("customer_id").reindex(people)
    panel = of_orders(coded(orders, people), as_of, as_of_us)
    del orders
    panel = panel.join(of_refunds(coded(before(read(folder, "refunds", REFUNDS), as_of), people), as_of_us))
    panel = panel.join(of_lines(coded(before(read(folder, "order_lines", LINES), as_of), people)))
    events = before(read(folder, "events", EVENTS), as_of)
    words = {
        "category": ranked(events.loc[events["name"] == "product_view", "category"]).index[: VOCABULARY["category"]],
        "channel": shares(customers["acquisition_channel"]),
        "country": shares(customers["country"]),
    }
    events = coded(events[events["known_at"] >= as_of - pd.Timedelta(days=365)], people)
    panel = panel.join(of_events(events, words["category"], as_of_us))
    del events
    exposures = before(read(folder, "exposures", EXPOSURES), as_of)
    exposures = exposures[exposures["known_at"] >= as_of - pd.Timedelta(days=365)]
    channels = read(folder, "treatments", ["treatment_id", "channel"]).set_index("treatment_id")["channel"]
    exposures = coded(exposures.assign(channel=exposures["treatment_id"].map(channels)), people)
    panel = panel.join(of_exposures(exposures, as_of_us))
    result = features(panel.set_axis(people), customers, words, as_of, as_of_us)
    result.reset_index().to_parquet(output, compression="zstd", index=False)
    return len(result)


def read(folder, name, columns):
    return pd.read_parquet(f"{folder}/{name}.parquet", columns=columns)


def before(frame, as_of):
    return frame[frame["known_at"] < as_of]


def coded(frame, people):
    codes = people.get_indexer(frame["customer_id"])
    return frame.drop(columns="customer_id").assign(customer=codes)[codes >= 0]


def ranked(words):
    counts = words.value_counts().rename_axis("word").rename("n").reset_index()
    return counts.sort_values(["n", "word"], ascending=[False, True]).set_index("word")["n"].head(LONGEST_VOCABULARY)


def shares(words):
    counts = ranked(words)
    return counts / counts.sum()


def age_of(frame, as_of_us):
    return (as_of_us - frame["known_at"].astype("datetime64[us]").astype("int64")) / US_PER_DAY


def of_orders(orders, as_of, as_of_us):
    orders = orders.sort_values(["customer", "known_at"], ignore_index=True)
    customer, value = orders["customer"], orders["value_minor"]
    age = age_of(orders, as_of_us)
    gap = (orders["known_at"].diff() / pd.Timedelta(days=1)).where(customer == customer.shift())
    apart = (orders["known_at"].dt.day_of_year - as_of.day_of_year).abs()
    sums = {}
    for days in WINDOWS_DAYS:
        sums[f"orders{days}d"] = age <= days
        sums[f"ordersValue{days}d"] = value.where(age <= days, 0)
    sums |= {
        "ordersTotal": pd.Series(1, index=orders.index),
        "ordersValueTotal": value,
        "net": orders["net_minor"],
        "ordersSameSeason": (age <= 365) & (age > 275),
        "ordersThisSeason": (apart <= 45) | (apart >= 320),
        "units": orders["units"],
        "gross": orders["gross_minor"],
        "discount": orders["discount_minor"],
        "couponOrders": orders["has_coupon"],
    }
    total = pd.DataFrame(sums).groupby(customer).sum()
    values, ages, gaps = value.groupby(customer), age.groupby(customer), gap.groupby(customer)
    return total.assign(
        valueDeviation=values.std(),
        largestOrder=values.max(),
        daysSinceLastOrder=ages.min(),
        tenureDays=ages.max(),
        meanGapDays=gaps.mean(),
        gapDeviationDays=gaps.std(),
        longestGapDays=gaps.max(),
    )


def of_refunds(refunds, as_of_us):
    age, value, customer = age_of(refunds, as_of_us), refunds["value_minor"], refunds["customer"]
    sums = {f"refundsValue{days}d": value.where(age <= days, 0) for days in WINDOWS_DAYS}
    sums |= {"refunds": pd.Series(1, index=refunds.index), "refundsValueTotal": value}
    return pd.DataFrame(sums).groupby(customer).sum().assign(daysSinceLastRefund=age.groupby(customer).min())


def of_lines(lines):
    bought = lines.groupby(["customer", "category"], dropna=False).size().rename("n").reset_index()
    named = bought["category"].notna()
    logs = bought["n"] * np.log2(bought["n"])
    sums = {"lines": bought["n"], "categoryBreadth": named, "categoryLines": bought["n"].where(named, 0),
            "categoryLineLogs": logs.where(named, 0.0)}
    return pd.DataFrame(sums).groupby(bought["customer"]).sum()


def of_events(events, categories, as_of_us):
    age, name, customer = age_of(events, as_of_us), events["name"], events["customer"]
    last90 = age <= 90
    viewed = name == "product_view"
    sums = {feature: name.isin(names) & last90 for feature, names in EVENT_COUNTS.items()}
    for place, word in enumerate(categories, start=1):
        sums[f"views{place}"] = viewed & last90 & (events["category"] == word)
    total = pd.DataFrame(sums).groupby(customer).sum()
    sessions = events.loc[last90 & events["session_id"].notna(), ["customer", "session_id"]].assign(age=age)
    # The youngest event of a session says in which windows the session counts.
    youngest = sessions.groupby(["customer", "session_id"], sort=False)["age"].min().reset_index()
    by_customer = lambda rows: rows.groupby("customer").size().reindex(total.index, fill_value=0)
    return total.assign(
        sessions30d=by_customer(youngest[youngest["age"] <= 30]),
        sessions90d=by_customer(youngest),
        daysSinceLastEvent=age.groupby(customer).min(),
        daysSinceLastView=age.where(viewed).groupby(customer).min(),
    )


def of_exposures(exposures, as_of_us):
    age, kind, customer = age_of(exposures, as_of_us), exposures["kind"], exposures["customer"]
    touch = (exposures["channel"] == "ads") & kind.isin(["sent", "impression", "click"])
    sums = {"offers90d": (kind == "sent") & (age <= 90), "offers365d": kind == "sent", "redeemed365d": kind == "redeemed",
            "adTouches90d": touch & (age <= 90)}
    return pd.DataFrame(sums).groupby(customer).sum().assign(daysSinceLastOffer=age.groupby(customer).min())


def features(a, customers, words, as_of, as_of_us):
    zero = lambda name: a[name].fillna(0)
    over = lambda x, y: x / y.where(y != 0)
    net_value = lambda window: (a[f"ordersValue{window}"] - zero(f"refundsValue{window}")) / MINOR_PER_MAJOR
    flag = lambda condition: condition.fillna(False).astype("float64")
    angle = as_of.day_of_year * 2 * np.pi / 365.25
    created = customers["created_at"]
    account_age = (as_of - created) / pd.Timedelta(days=1)
    seen = {place: a[f"views{place}"] for place in SEEN_CATEGORIES if f"views{place}" in a}
    out = {"ordersTotal": a["ordersTotal"], **{f"orders{days}d": a[f"orders{days}d"] for days in WINDOWS_DAYS}}
    out["valueTotal"] = net_value("Total")
    out |= {f"value{days}d": net_value(f"{days}d") for days in WINDOWS_DAYS}
    out |= {
        "netTotal": a["net"] / MINOR_PER_MAJOR,
        "valueShareOfNet": over(a["ordersValueTotal"], a["net"]),
        "valuePerOrder": a["ordersValueTotal"] / a["ordersTotal"] / MINOR_PER_MAJOR,
        "valueDeviation": a["valueDeviation"] / MINOR_PER_MAJOR,
        "largestOrder": a["largestOrder"] / MINOR_PER_MAJOR,
        **a[["daysSinceLastOrder", "meanGapDays", "gapDeviationDays", "longestGapDays", "ordersSameSeason"]],
        "gapVariation": over(a["gapDeviationDays"], a["meanGapDays"]),
        "lateness": a["daysSinceLastOrder"] / a["meanGapDays"].clip(lower=1),
        "seasonShare": a["ordersThisSeason"] / a["ordersTotal"],
        "unitsPerOrder": a["units"] / a["ordersTotal"],
        "linesPerOrder": a["lines"] / a["ordersTotal"],
        "discountShare": over(a["discount"], a["gross"]),
        "couponShare": a["couponOrders"] / a["ordersTotal"],
        "categoryBreadth": zero("categoryBreadth"),
        "categoryEntropy": np.log2(a["categoryLines"].where(a["categoryLines"] > 0)) - over(a["categoryLineLogs"], a["categoryLines"]),
        "refundRate": zero("refunds") / a["ordersTotal"],
        "refundShare": over(zero("refundsValueTotal"), a["ordersValueTotal"]),
        "daysSinceLastRefund": a["daysSinceLastRefund"],
        "seasonSine": np.sin(angle), "seasonCosine": np.cos(angle),
        "sessions30d": zero("sessions30d"), "sessions90d": zero("sessions90d"),
        **{name: zero(name) for name in EVENT_COUNTS},
        "viewToCart90d": over(a["carts90d"], a["productViews90d"]),
        "cartToCheckout90d": over(a["checkouts90d"], a["carts90d"]),
        "checkoutToOrder90d": over(a["orders90d"], a["checkouts90d"]),
        "emailClickRate90d": over(a["emailClicks90d"], a["emailOpens90d"]),
        **a[["daysSinceLastEvent", "daysSinceLastView", "daysSinceLastOffer", "tenureDays"]],
        "viewsPerSession90d": over(a["productViews90d"], a["sessions90d"]),
        "viewedCategories90d": sum((views > 0).astype("float64") for views in seen.values()),
        **{f"viewsCategory{place}": over(seen[place], a["productViews90d"]) if place in seen else np.nan for place in SEEN_CATEGORIES},
        "viewToBuy90d": over(a["orders90d"], a["productViews90d"]),
        **{name: zero(name) for name in ("offers90d", "offers365d", "redeemed365d", "adTouches90d")},
        "redemptionRate365d": over(a["redeemed365d"], a["offers365d"]),
        "accountAgeDays": account_age.where(created < as_of),
        "acceptsEmail": flag(customers["consent_email"] == "granted"),
        "acceptsAds": flag(customers["consent_ads"] == "granted"),
    }
    for column, value in (("channel", customers["acquisition_channel"]), ("country", customers["country"])):
        known = words[column]
        for place in range(1, VOCABULARY[column] + 1):
            out[f"{column}{place}"] = flag(value == known.index[place - 1]) if place <= len(known) else np.nan
        out[f"{column}Share"] = value.map(known).fillna(0).where(value.notna()) if len(known) else np.nan
    return pd.DataFrame(out, index=a.index).astype("float64")


if __name__ == "__main__":
    run(catalogue)
