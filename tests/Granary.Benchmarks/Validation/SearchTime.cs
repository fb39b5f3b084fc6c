using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Granary.Backtesting.Tests.Validation;

namespace Granary.Benchmarks.Validation;

/// <summary>The time of a search beside that of a batch that has the same trials as strategies; in turn, on one thread.</summary>
internal static class SearchTime
{
    private const int Trials = 200;

    /// <returns>Whether the search takes at most 1.3 times as long, in the median of the turns.</returns>
    public static bool Run(int turns)
    {
        var reached = true;
        foreach (var years in (IReadOnlyList<int>)[60, 400]) reached &= Ratio(new(1, 0.0022, Symbols: 1, Years: years), turns) <= 1.3;
        return reached;
    }

    private static double Ratio(SimulatedBatch.Market market, int turns)
    {
        var search = string.Create(CultureInfo.InvariantCulture, $$"""
            { "class": "SmaCross", "size": { "percentOfEquity": 50 }, "search": { "method": "tpe", "trials": {{Trials}},
              "space": { "fast": [2, 60], "slow": { "from": 20, "to": 300, "log": true } }, "conditions": ["slow > fast"] } }
            """);
        var searched = SimulatedBatch.RunAsync(market, SimulatedBatch.Batch.Of(search, "winners", true)).GetAwaiter().GetResult();
        var strategies = string.Join(",\n", searched.Searches!.Searches[0].Trials.Select(t =>
            $$"""{ "class": "SmaCross", "params": {{JsonSerializer.Serialize(t.Values)}}, "size": { "percentOfEquity": 50 } }"""));
        var ratios = new double[turns];
        for (var turn = 0; turn < turns; turn++)
        {
            var batch = SecondsOf(market, strategies, optimises: false);
            var rounds = SecondsOf(market, search, optimises: true);
            ratios[turn] = rounds / batch;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{market.Years * 252:N0} bars: batch {batch:0.00} s, search {rounds:0.00} s, ratio {ratios[turn]:0.00}"));
        }
        Array.Sort(ratios);
        var median = ratios[turns / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{market.Years * 252:N0} bars: median ratio {median:0.00}"));
        return median;
    }

    private static double SecondsOf(SimulatedBatch.Market market, string strategies, bool optimises)
    {
        var began = Stopwatch.GetTimestamp();
        SimulatedBatch.RunAsync(market, SimulatedBatch.Batch.Of(strategies, "winners", optimises)).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
