using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Synthetic;

/// <summary>Two parameter searches that never were: one of a Sharpe ratio alone, one of it and the drawdown. The same for a seed.</summary>
public static class SyntheticSearch
{
    private static readonly SearchedParameter[] _space =
    [
        new("fast", 5, 50, false, null), new("slow", 20, 300, true, null), new("exit", null, null, false, ["cross", "trail", "time"]),
        new("stopLossPercent", 0.5, 8, true, null),
    ];

    /// <param name="model">The run whose strategies the first trials are.</param>
    /// <param name="trials">Of each search.</param>
    internal static ParameterSearchResults Of(RunModel model, int trials = 200, double luckBar = 1.08) => new()
    {
        Searches = [Search("SmaCross@NVDA:1d", "tpe", ["sharpe"], 11, trials, luckBar, model),
            Search("SmaCross@YHOO:1d", "halving", ["sharpe", "-maxDrawdown"], 12, trials, luckBar + 2, model)],
    };

    private static ParameterSearch Search(string strategy, string method, string[] objectives, int seed, int trials, double luckBar,
        RunModel model)
    {
        var random = new Random(seed);
        var rows = new List<SearchTrialRow>(trials);
        var best = double.NaN;
        for (var number = 1; number <= trials; number++)
        {
            // The search comes nearer to the best point with each trial.
            var near = Math.Min(0.85, 1.1 * number / trials);
            double Around(double target) => Math.Clamp(target + (1 - near) * (random.NextDouble() - 0.5) * 1.7, 0, 1);
            var (fast, slow, stop, exit) = (Around(0.3), Around(0.55), Around(0.5), random.Next(10) < 8 * near ? 1 : random.Next(3));
            var sharpe = 1.55 - 3 * (fast - 0.3) * (fast - 0.3) - 5 * (slow - 0.55) * (slow - 0.55) - 0.5 * Math.Abs(exit - 1)
                - 0.4 * (stop - 0.5) * (stop - 0.5) + 0.22 * (random.NextDouble() + random.NextDouble() - 1);
            if (random.Next(40) == 0) sharpe -= 4;
            var state = random.Next(17) == 0 ? "failed" : method == "halving" && random.Next(3) > 0 ? "stopped" : "finished";
            if (state == "finished" && !(best >= sharpe)) best = sharpe;
            double[] values = objectives.Length == 1 ? [sharpe]
                : [sharpe, Math.Clamp(0.12 + 0.05 * sharpe + 0.25 * stop + 0.06 * random.NextDouble(), 0.02, 0.9)];
            rows.Add(new SearchTrialRow(number, (number - 1) / 20 + 1,
                number <= model.Strategies.Count ? model.Strategies[number - 1].Id : $"{strategy}#{number}", state,
                state == "stopped" ? 0.25 : 1, new Dictionary<string, object>
                {
                    ["fast"] = Math.Round(5 + 45 * fast),
                    ["slow"] = Math.Round(20 * Math.Pow(15, slow)),
                    ["exit"] = _space[2].Values![exit],
                    ["stopLossPercent"] = Math.Round(0.5 * Math.Pow(16, stop), 3),
                }, state == "failed" ? [.. objectives.Select(_ => double.NaN)] : values, best));
        }
        var finished = rows.Where(r => r.State == "finished").ToArray();
        SearchTrialRow[] front = objectives.Length == 1 ? [finished.MaxBy(r => r.Objectives[0])!]
            : [.. finished.Where(r => !finished.Any(o => o != r && o.Objectives[0] >= r.Objectives[0]
                && o.Objectives[1] <= r.Objectives[1])).OrderByDescending(r => r.Objectives[0])];
        return new ParameterSearch
        {
            Strategy = strategy,
            Method = method,
            Objectives = objectives,
            Rounds = (trials + 19) / 20,
            Finished = finished.Length,
            Failed = rows.Count(r => r.State == "failed"),
            Stopped = rows.Count(r => r.State == "stopped"),
            Best = [.. front.Select(r => r.Number)],
            LuckBar = luckBar,
            BestSharpe = front[0].Objectives[0],
            Space = _space,
            Importance = [.. objectives.SelectMany((o, i) => Importance(o, i))],
            Trials = rows,
        };
    }

    private static IEnumerable<ParameterImportance> Importance(string objective, int index) =>
    [
        new(objective, "slow", index == 0 ? 0.512 : 0.11, 0.061), new(objective, "fast", 0.204, 0.043),
        new(objective, "exit", 0.118, 0.05), new(objective, "stopLossPercent", index == 0 ? 0.021 : 0.55, 0.018),
    ];
}
