"""Shared by the peers: the same columns in, the same measures out."""
import json
import sys
import time

import numpy as np

folder = sys.argv[1]
frequency, recency, age = (np.fromfile(f"{folder}/{name}.f64") for name in ("frequency", "recency", "age"))


def timed(work):
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def report(fit_seconds, predict_seconds, parameters, expected, alive):
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(
        json.dumps(
            {
                "fitSeconds": fit_seconds,
                "predictSeconds": predict_seconds,
                "parameters": [float(value) for value in parameters],
                "expected": float(np.sum(expected)),
                "alive": float(np.sum(alive)),
                "peakMb": peak / 1024,
            }
        )
    )
