"""Writes src/solvers/golden/scipy-lbfgsb.json: SciPy's L-BFGS-B on the problems of More, Garbow & Hillstrom (1981).

    python -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1
    venv/bin/python bench/solvers/reference.py

Residuals are written here a second time, and differentiated by complex steps (Squire & Trapp 1998), so that the golden
file also checks the problems and gradients of the TypeScript side.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import minimize

OPTIONS = {"maxcor": 10, "gtol": 1e-6, "ftol": 1e-14, "maxiter": 5000, "maxfun": 50000}
BARD = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39]
BELL = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989]
KOWALIK_Y = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
KOWALIK_U = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625]
OSBORNE = [
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.58,
    0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414, 0.411, 0.406,
]  # fmt: skip


def rosenbrock(x):
    return np.concatenate([10 * (x[1::2] - x[0::2] ** 2), 1 - x[0::2]])


def powell_singular(x):
    a, b, c, d = x[0::4], x[1::4], x[2::4], x[3::4]
    return np.concatenate([a + 10 * b, 5**0.5 * (c - d), (b - 2 * c) ** 2, 10**0.5 * (a - d) ** 2])


def helical_valley(x):
    a, b, c = x
    turn = np.arctan(b / a) / (2 * np.pi) + (0.5 if a.real < 0 else 0)
    return np.array([10 * (c - 10 * turn), 10 * ((a * a + b * b) ** 0.5 - 1), c])


def bard(x):
    u = np.arange(1, 16)
    v = 16 - u
    return np.array(BARD) - (x[0] + u / (v * x[1] + np.minimum(u, v) * x[2]))


def gaussian(x):
    t = (8 - np.arange(1, 16)) / 2
    return x[0] * np.exp(-x[1] * (t - x[2]) ** 2 / 2) - np.array(BELL + BELL[6::-1])


def box(x):
    t = np.arange(1, 11) / 10
    return np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))


def wood(x):
    a, b, c, d = x
    return np.array(
        [10 * (b - a * a), 1 - a, 90**0.5 * (d - c * c), 1 - c, 10**0.5 * (b + d - 2), (b - d) / 10**0.5]
    )


def kowalik(x):
    u = np.array(KOWALIK_U)
    return np.array(KOWALIK_Y) - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3])


def brown_dennis(x):
    t = np.arange(1, 21) / 5
    return (x[0] + t * x[1] - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2


def osborne(x):
    t = 10 * np.arange(33)
    return np.array(OSBORNE) - (x[0] + x[1] * np.exp(-t * x[3]) + x[2] * np.exp(-t * x[4]))


def biggs(x):
    t = np.arange(1, 14) / 10
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)
    return x[2] * np.exp(-t * x[0]) - x[3] * np.exp(-t * x[1]) + x[5] * np.exp(-t * x[4]) - y


def watson(x):
    t = np.arange(1, 30)[:, None] / 29
    j = np.arange(len(x))
    rows = (j[1:] * x[1:] * t ** (j[1:] - 1)).sum(1) - (x * t**j).sum(1) ** 2 - 1
    return np.concatenate([rows, [x[0], x[1] - x[0] ** 2 - 1]])


def penalty_one(x):
    return np.concatenate([1e-5**0.5 * (x - 1), [(x * x).sum() - 0.25]])


def penalty_two(x):
    n, i = len(x), np.arange(1, len(x) + 1)
    pairs = np.exp(x[1:] / 10) + np.exp(x[:-1] / 10) - np.exp(i[1:] / 10) - np.exp(i[:-1] / 10)
    ones = np.exp(x[1:] / 10) - np.exp(-0.1)
    weighted = ((n - i + 1) * x * x).sum() - 1
    return np.concatenate([[x[0] - 0.2], 1e-5**0.5 * pairs, 1e-5**0.5 * ones, [weighted]])


def variably_dimensioned(x):
    total = (np.arange(1, len(x) + 1) * (x - 1)).sum()
    return np.concatenate([x - 1, [total, total**2]])


def trigonometric(x):
    i = np.arange(1, len(x) + 1)
    return len(x) - np.cos(x).sum() + i * (1 - np.cos(x)) - np.sin(x)


def brown_almost_linear(x):
    return np.concatenate([x[:-1] + x.sum() - (len(x) + 1), [x.prod() - 1]])


def boundary_value(x):
    h = 1 / (len(x) + 1)
    padded = np.concatenate([[0], x, [0]])
    return 2 * x - padded[:-2] - padded[2:] + h * h * (x + np.arange(1, len(x) + 1) * h + 1) ** 3 / 2


def tridiagonal(x):
    padded = np.concatenate([[0], x, [0]])
    return (3 - 2 * x) * x - padded[:-2] - 2 * padded[2:] + 1


def banded(x):
    near = [sum(x[j] * (1 + x[j]) for j in range(max(0, i - 5), min(len(x), i + 2)) if j != i) for i in range(len(x))]
    return x * (2 + 5 * x * x) + 1 - np.array(near)


def full_rank(x):
    rows = 20
    return np.concatenate([x, np.zeros(rows - len(x))]) - 2 / rows * x.sum() - 1


def rank_one(x):
    return np.arange(1, 21) * (np.arange(1, len(x) + 1) * x).sum() - 1


def chebyquad(x):
    before, now, rows = np.ones(len(x)), 2 * x - 1, []
    for i in range(1, len(x) + 1):
        rows.append(now.mean() + (1 / (i * i - 1) if i % 2 == 0 else 0))
        before, now = now, 2 * (2 * x - 1) * now - before
    return np.array(rows)


def beale(x):
    return np.array([y - x[0] * (1 - x[1] ** i) for i, y in enumerate([1.5, 2.25, 2.625], 1)])


def freudenstein_roth(x):
    a, b = x
    return np.array([-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b])


def jennrich_sampson(x):
    i = np.arange(1, 11)
    return 2 + 2 * i - (np.exp(i * x[0]) + np.exp(i * x[1]))


def brown_badly_scaled(x):
    return np.array([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2])


TEN = np.arange(1, 11)
# name: residuals, standard start, boxes [lower, upper] (numbers are repeated for every variable)
PROBLEMS = {
    "1 Rosenbrock": (rosenbrock, [-1.2, 1], [([-5, -5], [0.5, 5]), ([-50, 1.5], [50, 100])]),
    "2 Freudenstein and Roth": (freudenstein_roth, [0.5, -2], [([0, -20], [20, -0.9])]),
    "4 Brown badly scaled": (brown_badly_scaled, [1, 1], [([0, 3e-5], [1e6, 100])]),
    "5 Beale": (beale, [1, 1], [([0.6, 0.5], [10, 100]), ([-2, -2], [2, 2])]),
    "6 Jennrich and Sampson": (jennrich_sampson, [0.3, 0.4], [([0.26, 0], [100, 100])]),
    "7 helical valley": (helical_valley, [-1, 0, 0], [([-100, -1, -1], [0.8, 1, 1])]),
    "8 Bard": (bard, [1, 1, 1], [([0.1, 0, 0], [50, 1.5, 100])]),
    "9 Gaussian": (gaussian, [0.4, 1, 0], [([0.398, 1, -0.5], [4.2, 2, 0.1])]),
    "12 Box three-dimensional": (box, [0, 10, 20], [([0, 5, 0], [2, 9.5, 20])]),
    "13 Powell singular": (powell_singular, [3, -1, 0, 1], [([0.1, -20, -1, -1], [100, 20, 1, 50])]),
    "14 Wood": (wood, [-3, -1, -3, -1], [([-100] * 4, [0, 10, 100, 100])]),
    "15 Kowalik and Osborne": (kowalik, [0.25, 0.39, 0.415, 0.39], [([0, -1, 0.13, 0.12], [0.42, 1.03, 13, 13])]),
    "16 Brown and Dennis": (brown_dennis, [25, 5, -5, -1], [([-10, 0, -100, -20], [100, 15, 0, 0.2])]),
    "17 Osborne 1": (osborne, [0.5, 1.5, -1, 0.01, 0.02], [([0, 0, -3, 0, 0], [0.5, 3, 0, 0.1, 0.022])]),
    "18 Biggs EXP6": (biggs, [1, 2, 1, 1, 1, 1], [([0] * 6, [2, 8, 1, 7, 5, 5])]),
    "20 Watson": (watson, [0] * 6, [([-0.015, -1, -1, -1, -1, -1], [1, 1, 0.5, 1, 1, 1])]),
    "21 extended Rosenbrock": (rosenbrock, [-1.2, 1] * 10, [(-2, 0.9)]),
    "22 extended Powell singular": (powell_singular, [3, -1, 0, 1] * 5, [(0.1, 5)]),
    "23 penalty I": (penalty_one, TEN, [([0] * 10, [100] * 9 + [0.1]), (0.2, 3)]),
    "24 penalty II": (penalty_two, [0.5] * 4, [([-10, 0.3, 0, -1], [50, 50, 50, 0.5])]),
    "25 variably dimensioned": (variably_dimensioned, 1 - TEN / 10, [(-10, [10] * 5 + [0.9] * 5)]),
    "26 trigonometric": (trigonometric, [0.1] * 10, [(0.05, 0.3)]),
    "27 Brown almost linear": (brown_almost_linear, [0.5] * 10, [(0, [0.9] * 5 + [2] * 5)]),
    "28 discrete boundary value": (boundary_value, TEN / 11 * (TEN / 11 - 1), [(-0.1, 0)]),
    "30 Broyden tridiagonal": (tridiagonal, [-1] * 10, [(-0.6, 0)]),
    "31 Broyden banded": (banded, [-1] * 10, [(-0.4, 1)]),
    "32 linear, full rank": (full_rank, [1] * 10, [(-0.5, 3)]),
    "33 linear, rank one": (rank_one, [1] * 10, [(0.001, 1)]),
    "35 Chebyquad": (chebyquad, TEN[:8] / 9, [([0.1] * 8, 1), (0, [0.55] * 8)]),
}


def sum_of_squares(residuals):
    def evaluate(x):
        rows = residuals(x.astype(complex))
        steps = [residuals(x + 1e-30j * unit).imag / 1e-30 for unit in np.eye(len(x))]
        return float((rows.real**2).sum()), np.array([2 * (rows.real * step).sum() for step in steps])

    return evaluate


def spread(bound, size):
    return None if bound is None else [float(value) for value in np.broadcast_to(bound, size)]


def solve(name, residuals, start, lower, upper):
    size = len(start)
    lower, upper = spread(lower, size), spread(upper, size)
    bounds = None if lower is None else list(zip(lower, upper))
    begin = np.array(start, dtype=float)
    result = minimize(sum_of_squares(residuals), begin, jac=True, method="L-BFGS-B", bounds=bounds, options=OPTIONS)
    return {
        "problem": name,
        "start": [float(value) for value in begin],
        "lower": lower,
        "upper": upper,
        "x": [float(value) for value in result.x],
        "value": float(result.fun),
        "evaluations": int(result.nfev),
        "iterations": int(result.nit),
        "message": str(result.message),
    }


def main():
    cases = [
        solve(name, residuals, start, *box)
        for name, (residuals, start, boxes) in PROBLEMS.items()
        for box in [(None, None), *boxes]
    ]
    golden = {"scipy": scipy.__version__, "numpy": np.__version__, "options": OPTIONS, "cases": cases}
    path = Path(__file__).parents[2] / "src/solvers/golden/scipy-lbfgsb.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(golden, indent=1) + "\n")
    for case in cases:
        kind = "free" if case["lower"] is None else "boxed"
        print(f"{case['problem']:30s} {kind:6s} {case['value']:<24.12g} {case['evaluations']:5d}  {case['message']}")


main()
