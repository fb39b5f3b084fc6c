#!/usr/bin/env python3
"""Best value of Optuna's samplers on the test functions of the benchmark, by seed, trial after trial.

usage: optuna_medians.py [SEEDS [TRIALS]]; needs Optuna (the recorded medians are of 3.1.0 with NumPy 1.24.2).
Prints a line for each function and sampler: the median of the best value over the seeds, and the quartiles.
"""
import math
import sys
import warnings

import numpy as np
import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

A = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
P = 1e-4 * np.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                     [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]])


def branin(x):
    b, c = 5.1 / (4 * math.pi**2), 5 / math.pi
    return (x[1] - b * x[0] ** 2 + c * x[0] - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def hartmann(x):
    return -float(np.dot([1.0, 1.2, 3.0, 3.2], np.exp(-np.sum(A * (np.array(x) - P) ** 2, axis=1))))


def rosenbrock(x):
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (x[i] - 1) ** 2 for i in range(len(x) - 1))


FUNCTIONS = {
    "branin": (branin, [(-5, 10), (0, 15)]),
    "hartmann-6": (hartmann, [(0, 1)] * 6),
    "rosenbrock-4": (rosenbrock, [(-5, 10)] * 4),
}


def best(function, bounds, sampler, trials):
    study = optuna.create_study(sampler=sampler)
    study.optimize(lambda t: function([t.suggest_float(f"x{d}", *b) for d, b in enumerate(bounds)]), n_trials=trials)
    return study.best_value


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    trials = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    print(f"Optuna {optuna.__version__}, NumPy {np.__version__}, {seeds} seeds, {trials} trials")
    for name, (function, bounds) in FUNCTIONS.items():
        for kind, multivariate in (("multivariate", True), ("univariate", False)):
            found = [best(function, bounds, optuna.samplers.TPESampler(seed=s, multivariate=multivariate), trials)
                     for s in range(seeds)]
            low, middle, high = np.percentile(found, [25, 50, 75])
            print(f"{name} {kind}: median {middle:.6f}, quartiles {low:.6f} {high:.6f}", flush=True)


main()
