"""Optuna's searches, one line in and out at a time: the objective is evaluated by whoever started this.

In: {"space": [...], "seed": 1, "sampler": "tpe"} begins a study; {"value": 1.5} answers a proposal.
Out: {"x": 0.3, "kind": "relu"}, the parameters of the next trial.
"""

import json
import sys

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

optuna.logging.set_verbosity(optuna.logging.ERROR)


def distribution(parameter):
    if parameter["kind"] == "choice":
        return CategoricalDistribution(parameter["choices"])
    kind = IntDistribution if parameter["kind"] == "integer" else FloatDistribution
    return kind(parameter["low"], parameter["high"], log=parameter["scale"] == "log")


samplers = {"tpe": optuna.samplers.TPESampler, "gp": getattr(optuna.samplers, "GPSampler", None)}
study, trial, space = None, None, None
for line in sys.stdin:
    message = json.loads(line)
    if "space" in message:
        space = {parameter["name"]: distribution(parameter) for parameter in message["space"]}
        study = optuna.create_study(sampler=samplers[message["sampler"]](seed=message["seed"]))
    else:
        study.tell(trial, message["value"])
    trial = study.ask(space)
    print(json.dumps(trial.params), flush=True)
