"""Runs the models of a folder in Python's onnxruntime: the largest difference to what longrun got, relative to the values' size."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.log_severity_level = 3
differences = {}
for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    case = json.loads(path.with_suffix(".json").read_text())
    array = lambda value: np.array([float(number) for number in value["data"]]).astype(value["type"]).reshape(value["shape"])
    session = onnxruntime.InferenceSession(str(path), options)
    names = list(case["outputs"])
    results = session.run(names, {name: array(value) for name, value in case["feeds"].items()})
    worst = 0.0
    for name, result in zip(names, results):
        expected = array(case["outputs"][name])
        assert result.shape == expected.shape, (path.stem, name, result.shape)
        assert np.isfinite(expected).all(), (path.stem, name, "is not finite")
        difference = np.abs(result - expected) / np.maximum(1.0, np.abs(expected))
        worst = max(worst, float(difference.max(initial=0.0)) if np.isfinite(result).all() else np.inf)
    differences[path.stem] = worst
print(json.dumps({"version": onnxruntime.__version__, "differences": differences}))
