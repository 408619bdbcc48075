"""Shared by the peers: the same columns in, the same measures out."""
import json
import sys
import time

import numpy as np

folder = sys.argv[1]
frequency, recency, age = (np.fromfile(f"{folder}/{name}.f64") for name in ("frequency", "recency", "age"))


def timed(work):
    started, processor = time.perf_counter(), time.process_time()
    result = work()
    return (time.perf_counter() - started, time.process_time() - processor), result


def report(fit_times, predict_times, parameters, expected, alive):
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(
        json.dumps(
            {
                "fitSeconds": fit_times[0],
                "fitProcessorSeconds": fit_times[1],
                "predictSeconds": predict_times[0],
                "predictProcessorSeconds": predict_times[1],
                "parameters": [float(value) for value in parameters],
                "expected": float(np.sum(expected)),
                "alive": float(np.sum(alive)),
                "peakMb": peak / 1024,
            }
        )
    )
