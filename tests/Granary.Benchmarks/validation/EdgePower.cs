using System.Globalization;
using Granary.Testing;

namespace Granary.Benchmarks.Validation;

/// <summary>How often all validation checks together pass, on noise and where an edge was planted, with batches run from end to
/// end.</summary>
internal static class EdgePower
{
    private const double Drift = 0.0022;

    /// <returns>Whether no noise passed all checks and at least three quarters of the edges did.</returns>
    public static bool Run(int noise, int edges)
    {
        var passed = Count("noise", noise, 0, 1_000) + Count("noise, odd number of strategies, equal weights", noise / 4, 0, 5_000, "equal", fewer: true) + Count("noise of 24 symbols", noise / 8, 0, 7_000, symbols: 24);
        var found = Count("planted edge", edges, Drift, 9_000);
        return passed == 0 && found >= 0.75 * edges;
    }

    private static int Count(string name, int runs, double drift, int firstSeed, string weights = "winners", int symbols = 2, bool fewer = false)
    {
        var outcomes = new SimulatedBatch.Outcome[runs];
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            outcomes[i] = SimulatedBatch.RunAsync(firstSeed + i, drift, weights, symbols, fewer).GetAwaiter().GetResult());
        var all = outcomes.Count(o => o.PassedAll);
        double Mean(string figure) => outcomes.Average(o => o.Guards.GetProperty(figure).GetDouble());
        Console.WriteLine(Text($"{name}: all checks pass {all} of {runs}; best Sharpe ratio {outcomes.Min(o => o.Best):0.00} to {outcomes.Max(o => o.Best):0.00}"));
        foreach (var check in outcomes[0].States.Keys)
            Console.WriteLine(Text($"  {check,-26} passed {outcomes.Count(o => o.States[check] == "passed"),4}, failed {outcomes.Count(o => o.States[check] == "failed"),4}"));
        Console.WriteLine(Text($"  raw deflated Sharpe ratio above 0.95: {outcomes.Count(o => o.Guards.GetProperty("rawDeflatedSharpe").GetDouble() > 0.95)}"));
        Console.WriteLine(Text($"  means: trials {Mean("trials"):0.0}, clusters {Mean("clusters"):0.0}, effective trials {Mean("effectiveTrials"):0.0}, ")
            + Text($"overfitting {Mean("probabilityOfOverfitting"):0.00}, block {Mean("meanBlock"):0.0}"));
        double Annual(string figure) => Mean(figure) * Math.Sqrt(365.25 / 7);
        Console.WriteLine(Text($"  mean annual Sharpe ratios: portfolio {Annual("sharpe"):0.00}, best strategy {outcomes.Average(o => o.Best):0.00}, ")
            + Text($"expected maximum {Annual("expectedMaximum"):0.00}, winners of nothing {Annual("winnersOfNothing"):0.00}"));
        Console.WriteLine(Text($"  White p <= 0.05: {outcomes.Count(o => o.Guards.GetProperty("realityCheck").GetDouble() <= 0.05)}, ")
            + Text($"SPA p <= 0.05: {outcomes.Count(o => o.Guards.GetProperty("superiorPredictiveAbility").GetDouble() <= 0.05)}"));
        return all;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
