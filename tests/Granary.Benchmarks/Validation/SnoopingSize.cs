using System.Globalization;
using Granary.Engine.Analysis;

namespace Granary.Benchmarks.Validation;

/// <summary>How often the tests for data snooping reject where nothing is to be found: the size at the 5 % level, and the power against one
/// planted edge.</summary>
internal static class SnoopingSize
{
    private sealed record Kind(
        string Name, double Common, double Memory, bool FatTails, double Spread = 0, double Second = 0, double Third = 0);

    private static readonly Kind[] _kinds =
    [
        new("independent normal", 0, 0, false), new("correlation 0.5", 0.5, 0, false), new("fat tails (t, 4 degrees)", 0, 0, true),
        new("autocorrelation 0.1", 0, 0.1, false), new("autocorrelation 0.2", 0, 0.2, false), new("both correlations", 0.5, 0.2, false),
        new("all three", 0.5, 0.2, true), new("autocorrelation 0 to 0.4", 0, 0.2, false, Spread: 0.4),
        new("autocorrelation -0.2", 0, -0.2, false), new("two weeks' memory", 0, 0.15, false, Second: 0.15),
        new("the same, correlation 0.5", 0.5, 0.15, false, Second: 0.15),
        new("three weeks' memory", 0, 0.1, false, Second: 0.1, Third: 0.1),
    ];

    /// <param name="name">Of the kinds of noise, or a part of it; all where it is empty.</param>
    /// <returns>The largest size measured at the 5 % level where returns have no memory.</returns>
    public static double Run(int draws, string name)
    {
        Console.WriteLine("size at 5 % on noise, and power against one edge of annual Sharpe ratio 2 (weekly returns):");
        Console.WriteLine("kind                        weeks  strategies  White  SPA    power  block");
        var largest = 0.0;
        foreach (var kind in _kinds.Where(k => k.Name.Contains(name, StringComparison.Ordinal)))
            foreach (var (periods, strategies) in new[] { (78, 20), (78, 200), (208, 20), (208, 200), (520, 20), (520, 100) })
            {
                int check = 0, superior = 0, found = 0;
                double block = 0;
                Parallel.For(0, draws, draw =>
                {
                    var random = new Random(1_000 * periods + draw);
                    var returns = Noise(random, kind, periods, strategies);
                    var p = DataSnoopingTest.Of(returns, (ulong)draw, resamples: 400);
                    for (var t = 0; t < periods; t++) returns[0][t] += 2 / Math.Sqrt(52) * 0.02;
                    var edge = DataSnoopingTest.Of(returns, (ulong)draw, resamples: 400);
                    lock (_kinds)
                    {
                        if (p.RealityCheck <= 0.05) check++;
                        if (p.Consistent <= 0.05) superior++;
                        if (edge.Consistent <= 0.05) found++;
                        block += p.MeanBlock / draws;
                    }
                });
                if (kind.Memory == 0) largest = Math.Max(largest, Math.Max(check, superior) / (double)draws);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{kind.Name,-26} {periods,6} {strategies,11}  {check / (double)draws:0.000}  {superior / (double)draws:0.000}  "
                        + $"{found / (double)draws:0.000}  {block:0.00}"));
            }
        return largest;
    }

    private static double[][] Noise(Random random, Kind kind, int periods, int strategies)
    {
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double Draw()
        {
            if (!kind.FatTails) return Normal();
            double squares = 0;
            for (var i = 0; i < 4; i++) squares += Normal() is var z ? z * z : 0;
            return Normal() / Math.Sqrt(squares / 4) / Math.Sqrt(2);
        }
        var common = new double[periods];
        for (var t = 0; t < periods; t++) common[t] = Draw();
        var returns = new double[strategies][];
        for (var s = 0; s < strategies; s++)
        {
            returns[s] = new double[periods];
            var (before, earlier, third) = (0.0, 0.0, 0.0);
            // Autocorrelations of a spread lie evenly around the mean.
            var memory = kind.Memory + kind.Spread * (s / (strategies - 1.0) - 0.5);
            for (var t = 0; t < periods; t++)
            {
                var shock = Math.Sqrt(kind.Common) * common[t] + Math.Sqrt(1 - kind.Common) * Draw();
                var now = memory * before + kind.Second * earlier + kind.Third * third + Math.Sqrt(1 - memory * memory) * shock;
                (before, earlier, third) = (now, before, earlier);
                returns[s][t] = 0.02 * before;
            }
        }
        return returns;
    }
}
