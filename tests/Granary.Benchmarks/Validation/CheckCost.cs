using System.Diagnostics;
using System.Globalization;
using Granary.Engine.Analysis;

namespace Granary.Benchmarks.Validation;

/// <summary>
/// What the parts that choose by all strategies cost, for a batch of a thousand strategies and for one of fifty thousand with its samples.
/// </summary>
internal static class CheckCost
{
    public static void Run()
    {
        // As SelectionTests calls them: 20,000 of 50,000 strategies for data snooping, 256 for the clusters.
        foreach (var (strategies, periods, resamples) in new[] { (1_000, 79, 1_000), (20_000, 64, 312) })
        {
            var random = new Random(strategies);
            double[][] returns = [.. Enumerable.Range(0, strategies).Select(_ =>
                Enumerable.Range(0, periods).Select(_ => random.NextDouble() - 0.5).ToArray())];
            for (var run = 0; run < 2; run++)
            {
                var snooping = Seconds(() => DataSnoopingTest.Of(returns, 1, resamples));
                var clusters = Seconds(() => EffectiveTrials.Of(returns[..Math.Min(strategies, EffectiveTrials.MostCompared)], strategies));
                var winners = Seconds(() =>
                {
                    var luck = new ChoiceLuck(periods);
                    foreach (var r in returns) luck.Add(r, ChoiceLuck.OfWinner);
                });
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{strategies} strategies, run {run + 1}: data snooping {snooping:0.000} s, "
                        + $"clusters {clusters:0.000} s, winners {winners:0.000} s"));
            }
        }
    }

    private static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }
}
