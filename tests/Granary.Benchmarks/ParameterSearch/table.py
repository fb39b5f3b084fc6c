#!/usr/bin/env python3
"""Best row that Optuna's samplers find in a table of the results of a grid, by seed.

usage: table.py FILE.csv [SEEDS [TRIALS]]; the last column is the objective, to be maximised, the others are integers with equal steps.
A combination that the table does not have is drawn again and does not count, and neither does a repeated one if DISTINCT=1.
"""
import csv
import math
import os
import sys
import warnings

import numpy as np
import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def best(names, values, table, sampler, trials, distinct):
    study = optuna.create_study(sampler=sampler, direction="maximize")
    found, seen, asked = -math.inf, set(), 0
    while asked < trials and len(study.trials) < 20 * trials:
        trial = study.ask()
        key = tuple(trial.suggest_int(n, v[0], v[-1], step=v[1] - v[0] if len(v) > 1 else 1) for n, v in zip(names, values))
        result = table.get(key)
        if result is None or (distinct and key in seen):
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            continue
        asked += 1
        seen.add(key)
        if math.isnan(result):
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            continue
        study.tell(trial, result)
        found = max(found, result)
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = list(csv.reader(file))
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    trials = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    names = rows[0][:-1]
    table = {tuple(int(float(t)) for t in row[:-1]): float(row[-1]) for row in rows[1:]}
    values = [sorted({key[d] for key in table}) for d in range(len(names))]
    top = max(v for v in table.values() if not math.isnan(v))
    print(f"Optuna {optuna.__version__}, {len(table)} rows, best {top}")
    for kind, multivariate in (("multivariate", True), ("univariate", False)):
        found = [best(names, values, table, optuna.samplers.TPESampler(seed=s, multivariate=multivariate), trials,
                      os.environ.get("DISTINCT") == "1") for s in range(seeds)]
        low, middle, high = np.percentile(found, [25, 50, 75])
        print(f"{kind}: median {middle:.6f}, quartiles {low:.6f} {high:.6f}, the best row in "
              f"{sum(f >= top for f in found)} of {seeds}", flush=True)


main()
