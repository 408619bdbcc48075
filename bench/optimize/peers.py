"""The relaxation under one budget by a peer: `peers.py PEER CUSTOMERS FILE`; prints one JSON line.

FILE holds values, then costs, customers x 8 each, as 64-bit floats. Building the model is not counted, solving is.
"""

import json
import resource
import sys
import time

import numpy as np

peer, customers, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
value, cost = np.fromfile(file).reshape(2, customers, 8)
budget = 0.3 * customers


def by_cvxpy():
    import cvxpy as cp

    share = cp.Variable((customers, 8), nonneg=True)
    limits = [cp.sum(share, axis=1) == 1, cp.sum(cp.multiply(cost, share)) <= budget]
    problem = cp.Problem(cp.Maximize(cp.sum(cp.multiply(value, share))), limits)
    data = problem.get_problem_data(None)
    del data
    started = time.perf_counter()
    problem.solve()
    return time.perf_counter() - started, problem.value, problem.solver_stats.solver_name


def by_ortools():
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    share = [[solver.NumVar(0, 1, "") for _ in range(8)] for _ in range(customers)]
    spent = solver.Constraint(-solver.infinity(), budget)
    goal = solver.Objective()
    goal.SetMaximization()
    for row in range(customers):
        whole = solver.Constraint(1, 1)
        for action in range(8):
            whole.SetCoefficient(share[row][action], 1)
            spent.SetCoefficient(share[row][action], float(cost[row, action]))
            goal.SetCoefficient(share[row][action], float(value[row, action]))
    started = time.perf_counter()
    solver.Solve()
    return time.perf_counter() - started, goal.Value(), "GLOP"


seconds, objective, solver = {"cvxpy": by_cvxpy, "ortools": by_ortools}[peer]()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "objective": objective, "solver": solver, "peakMb": peak}))
