using System.Globalization;
using Granary.Backtesting.Tests.Validation;

namespace Granary.Benchmarks.Validation;

/// <summary>How often all validation checks together pass, on noise and where an edge was planted, with batches run from end to
/// end.</summary>
internal static class EdgePower
{
    /// <returns>Whether no noise passed all checks and at least three quarters of the edges did.</returns>
    public static bool Run(int noise, int edges, int years, double drift)
    {
        var passed = Count("noise", noise, i => new(1_000 + i, Years: years))
            + Count("noise, odd number of strategies, equal weights", noise / 4, i => new(5_000 + i, Years: years), "equal", fewer: true)
            + Count("noise of 24 symbols", noise / 8, i => new(7_000 + i, Symbols: 24, Years: years));
        var found = Count("planted edge", edges, i => new(9_000 + i, drift, Years: years));
        return passed == 0 && found >= 0.75 * edges;
    }

    private static int Count(
        string name, int runs, Func<int, SimulatedBatch.Market> market, string weights = "winners", bool fewer = false)
    {
        if (runs == 0) return 0;
        var outcomes = new SimulatedBatch.Outcome[runs];
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            outcomes[i] = SimulatedBatch.RunAsync(market(i), weights, fewer).GetAwaiter().GetResult());
        var all = outcomes.Count(o => o.PassedAll);
        double Mean(string figure) => outcomes.Average(o => o.Validation.GetProperty(figure).GetDouble());
        Console.WriteLine(
            Text($"{name}: all checks pass {all} of {runs}; best Sharpe ratio {outcomes.Min(o => o.Best):0.00} to ")
            + Text($"{outcomes.Max(o => o.Best):0.00}"));
        foreach (var check in outcomes[0].States.Keys)
        {
            var failed = outcomes.Where(o => o.States[check] == "failed").ToList();
            var alone = failed.Count(o => o.States.Values.Count(s => s != "passed") == 1);
            Console.WriteLine(Text($"  {check,-26} passed {outcomes.Count(o => o.States[check] == "passed"),4}, ")
                + Text($"failed {failed.Count,4}, {alone} of them as the only check"));
        }
        Console.WriteLine(
            Text($"  raw deflated Sharpe ratio above 0.95: ")
            + Text($"{outcomes.Count(o => o.Validation.GetProperty("rawDeflatedSharpe").GetDouble() > 0.95)}"));
        Console.WriteLine(
            Text($"  means: trials {Mean("trials"):0.0}, clusters {Mean("clusters"):0.0}, effective trials {Mean("effectiveTrials"):0.0}, ")
            + Text($"overfitting {Mean("probabilityOfOverfitting"):0.00}, block {Mean("meanBlock"):0.0}"));
        double Annual(string figure) => Mean(figure) * Math.Sqrt(365.25 / 7);
        Console.WriteLine(
            Text($"  mean annual Sharpe ratios: portfolio {Annual("sharpe"):0.00}, best strategy {outcomes.Average(o => o.Best):0.00}, ")
            + Text($"expected maximum {Annual("expectedMaximum"):0.00}, winners of nothing {Annual("winnersOfNothing"):0.00}"));
        Console.WriteLine(Text($"  White p <= 0.05: {outcomes.Count(o => o.Validation.GetProperty("realityCheck").GetDouble() <= 0.05)}, ")
            + Text($"SPA p <= 0.05: {outcomes.Count(o => o.Validation.GetProperty("superiorPredictiveAbility").GetDouble() <= 0.05)}"));
        return all;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
