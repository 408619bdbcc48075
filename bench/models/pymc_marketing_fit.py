"""PyMC-Marketing: BG/NBD by MAP under flat priors, so that its end is the maximum of the likelihood."""
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
from pymc_extras.prior import Prior
from pymc_marketing.clv import BetaGeoModel

from peer import age, frequency, recency, report, timed

data = pd.DataFrame({"customer_id": np.arange(len(age)), "frequency": frequency, "recency": recency, "T": age})
flat = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}


def fit():
    model = BetaGeoModel(data=data, model_config=flat)
    model.fit(method="map", progressbar=False)
    return model


fit_times, model = timed(fit)
predict_times, (expected, alive) = timed(
    lambda: (model.expected_purchases(future_t=39).values, model.expected_probability_alive().values)
)
parameters = [float(model.fit_result[name].values.ravel()[0]) for name in ("r", "alpha", "a", "b")]
report(fit_times, predict_times, parameters, expected, alive)
