"""lifetimes 0.11.3: BG/NBD by its defaults (no penalty), one row a customer."""
from lifetimes import BetaGeoFitter

from peer import age, frequency, recency, report, timed

fitter = BetaGeoFitter()
fit_times, _ = timed(lambda: fitter.fit(frequency, recency, age))
predict_times, (expected, alive) = timed(
    lambda: (
        fitter.conditional_expected_number_of_purchases_up_to_time(39, frequency, recency, age),
        fitter.conditional_probability_alive(frequency, recency, age),
    )
)
parameters = [fitter.params_[name] for name in ("r", "alpha", "a", "b")]
report(fit_times, predict_times, parameters, expected, alive)
