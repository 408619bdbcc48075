"""What both peers share: the columns read, the cut-off, and how a run is reported. No computing happens here."""

import json
import sys
import time

MINOR_PER_MAJOR = 100
WINDOWS_DAYS = (7, 30, 90, 180, 365)
US_PER_DAY = 8.64e10
VOCABULARY = {"category": 5, "channel": 4, "country": 4}
LONGEST_VOCABULARY = 50

ORDERS = ["customer_id", "known_at", "gross_minor", "discount_minor", "net_minor", "value_minor", "units", "has_coupon"]
REFUNDS = ["customer_id", "known_at", "value_minor"]
LINES = ["customer_id", "known_at", "category"]
EVENTS = ["customer_id", "known_at", "name", "session_id", "category"]
EXPOSURES = ["customer_id", "known_at", "kind", "treatment_id"]
CUSTOMERS = ["customer_id", "created_at", "country", "acquisition_channel", "consent_email", "consent_ads"]

EVENT_COUNTS = {
    "productViews90d": ["product_view"],
    "carts90d": ["add_to_cart"],
    "cartsRemoved90d": ["remove_from_cart"],
    "checkouts90d": ["begin_checkout"],
    "searches90d": ["search"],
    "emailOpens90d": ["email_open"],
    "emailClicks90d": ["email_click"],
    "promotionViews90d": ["promo_view", "promo_click"],
}


def run(catalogue):
    """`PEER.py CLEAN_FOLDER OUTPUT AS_OF_MS`: times catalogue(folder, output, as_of_us) and prints one JSON line."""
    folder, output, as_of_ms = sys.argv[1:4]
    started, processor_started = time.perf_counter(), time.process_time()
    rows = catalogue(folder, output, int(as_of_ms) * 1000)
    seconds = time.perf_counter() - started
    processor_seconds = time.process_time() - processor_started
    with open("/proc/self/status") as status:
        peak_kb = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(json.dumps({"seconds": seconds, "processorSeconds": processor_seconds, "peakMb": peak_kb / 1024, "rows": rows}))
