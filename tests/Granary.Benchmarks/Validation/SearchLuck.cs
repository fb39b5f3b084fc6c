using System.Globalization;
using Granary.Backtesting.Tests.Validation;

namespace Granary.Benchmarks.Validation;

/// <summary>Searches on noise, and where an edge was planted, with batches run from end to end.</summary>
internal static class SearchLuck
{
    private const string Conditions = """ "conditions": ["slow > fast"] """;

    /// <summary>How often the best of a search on random walks passes all validation checks.</summary>
    /// <returns>Whether at most 5 % do.</returns>
    public static bool OnNoise(int seeds)
    {
        var strategies = string.Join(",\n", (IReadOnlyList<string>)
        [
            Search("SmaCross", 60, $$""" "space": { "fast": [2, 40], "slow": { "from": 20, "to": 300, "log": true } }, {{Conditions}} """),
            Search("DonchianBreakout", 60, """ "space": { "period": [5, 100], "exit": [2, 60] } """),
            Search("RsiReversion", 60, """ "space": { "period": [2, 30], "low": [10, 45], "high": [55, 90] } """),
        ]);
        var outcomes = RunAll(seeds, i => SimulatedBatch.RunAsync(new(20_000 + i), SimulatedBatch.Batch.Of(strategies, "best", true)));
        var passed = outcomes.Count(o => o.PassedAll);
        Console.WriteLine(Text($"search on noise, 3 x 60 trials on each of 2 symbols: all checks pass {passed} of {seeds}; ")
            + Text($"best Sharpe ratio {outcomes.Min(o => o.Best):0.00} to {outcomes.Max(o => o.Best):0.00}"));
        foreach (var check in outcomes[0].States.Keys)
            Console.WriteLine(Text($"  {check,-26} passed {outcomes.Count(o => o.States[check] == "passed"),4}"));
        return passed <= 0.05 * seeds;
    }

    /// <summary>How often a search finds what a grid of five times as many trials finds, where trend followers have an edge.</summary>
    /// <returns>Whether nine tenths of the searches reach 95 % of the best Sharpe ratio of the grid.</returns>
    public static bool OnEdges(int seeds)
    {
        var grid = """{ "class": "SmaCross", "params": { "fast": [FAST], "slow": [SLOW] }, "size": { "percentOfEquity": 50 } }"""
            .Replace("FAST", string.Join(", ", Enumerable.Range(1, 20).Select(i => 2 * i)), StringComparison.Ordinal)
            .Replace("SLOW", string.Join(", ", Enumerable.Range(5, 20).Select(i => 10 * i)), StringComparison.Ordinal);
        const int Grid = 400;
        var search = Search("SmaCross", Grid / 5,
            """ "space": { "fast": { "from": 2, "to": 40, "step": 2 }, "slow": { "from": 50, "to": 240, "step": 10 } } """);
        SimulatedBatch.Market Market(int i) => new(30_000 + i, 0.0022, Symbols: 1);
        var grids = RunAll(seeds, i => SimulatedBatch.RunAsync(Market(i), SimulatedBatch.Batch.Of(grid, "winners")));
        foreach (var method in (IReadOnlyList<string>)["tpe", "sobol", "random", "halving"])
        {
            var text = search.Replace("\"tpe\"", $"\"{method}\"", StringComparison.Ordinal);
            var searches = RunAll(seeds, i => SimulatedBatch.RunAsync(Market(i), SimulatedBatch.Batch.Of(text, "best", true)));
            var ratios = searches.Zip(grids, (s, g) => s.Best / g.Best).Order().ToArray();
            var found = ratios.Count(r => r >= 0.95);
            Console.WriteLine(Text($"{method}, {Grid / 5} trials of a grid of {Grid}: at least 95 % of the grid's best Sharpe ratio in {found} of ")
                + Text($"{seeds}, the best itself in {ratios.Count(r => r >= 1 - 1e-9)}; lowest share {ratios[0]:0.000}, ")
                + Text($"median {ratios[seeds / 2]:0.000}"));
            if (method == "tpe" && found < 0.9 * seeds) return false;
        }
        return true;
    }

    private static string Search(string name, int trials, string keys) => string.Create(CultureInfo.InvariantCulture,
        $$"""{ "class": "{{name}}", "size": { "percentOfEquity": 50 }, "search": { "method": "tpe", "trials": {{trials}}, {{keys}} } }""");

    private static SimulatedBatch.Outcome[] RunAll(int seeds, Func<int, Task<SimulatedBatch.Outcome>> run)
    {
        var outcomes = new SimulatedBatch.Outcome[seeds];
        Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            outcomes[i] = run(i).GetAwaiter().GetResult());
        return outcomes;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
