"""Joins the scores to the signals of a run with pandas and compares the values that the run's factors.csv has.

Arguments: factors.csv, scores.csv, seconds of a bar, minutes of delay, time zone. Prints the numbers of signals and of differences.
"""
import sys

import pandas as pd

factors, scores, seconds, delay, zone = sys.argv[1:6]
signals = pd.read_csv(factors)
signals = signals[signals["factor"] == "column(news.score)"].copy()
signals["close"] = pd.to_datetime(signals["time"], utc=True).astype("datetime64[ns, UTC]") + pd.to_timedelta(int(seconds), unit="s")

rows = pd.read_csv(scores).dropna(subset=["score"])
# Of an hour that clocks repeat the later one, which is standard time.
local = pd.to_datetime(rows["time"]).dt.tz_localize(zone, ambiguous=[False] * len(rows))
rows["known"] = local.dt.tz_convert("UTC").astype("datetime64[ns, UTC]") + pd.to_timedelta(int(delay), unit="min")
rows = rows.sort_values("known", kind="stable")

joined = pd.merge_asof(signals.sort_values("close", kind="stable"), rows[["known", "symbol", "score"]], left_on="close", right_on="known",
                       by="symbol", direction="backward", allow_exact_matches=True)
different = joined[~((joined["value"] == joined["score"]) | (joined["value"].isna() & joined["score"].isna()))]
print(len(joined), len(different))
print(different.head().to_string(), file=sys.stderr)
