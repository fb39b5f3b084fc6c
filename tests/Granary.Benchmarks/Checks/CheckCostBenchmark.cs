using System.Diagnostics;
using System.Globalization;
using Granary.Backtesting.Runs;
using Granary.Benchmarks.Tracking;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Benchmarks.Checks;

/// <summary>
/// What the guards cost, in one run: matching pursuit beside its C++ loop, overfitting over a thousand strategies on one core, and the
/// look-ahead sample beside the quickstart.
/// </summary>
public static class CheckCostBenchmark
{
    /// <param name="args">Turns; 5 where absent.</param>
    /// <returns>0; 1 where a bound is not kept.</returns>
    public static int Run(string[] args)
    {
        var turns = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
        var result = OmpBenchmark.Run([]);
        var overfitting = Overfitting();
        if (overfitting > 5) result = 1;
        Console.WriteLine(
            Text($"pbo 1000 strategies x 1000 periods, 16 blocks (12,870 splits), one thread: {overfitting:F2} s (bound 5 s)"));
        var (batch, guarded, sample, strategies) = QuickstartAsync(turns).GetAwaiter().GetResult();
        if (sample / batch > 0.1) result = 1;
        Console.WriteLine(
            Text($"quickstart without guards {batch:F3} s; its look-ahead sample of {strategies} strategies alone {sample:F3} s, ratio ")
            + Text($"{sample / batch:F3} (bound 0.100); with look-ahead sample and cost stress, beside the portfolio's pass, ")
            + Text($"{guarded:F3} s, ratio {guarded / batch:F3}"));
        return result;
    }

    private static double Overfitting()
    {
        var random = new Random(5);
        double[][] returns =
            [.. Enumerable.Range(0, 1000).Select(_ => Enumerable.Range(0, 1000).Select(_ => random.NextDouble() - 0.5).ToArray())];
        var best = double.PositiveInfinity;
        for (var run = 0; run < 4; run++)
        {
            var clock = Stopwatch.StartNew();
            ProbabilityOfOverfitting.Of(returns);
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        return best;
    }

    private static async Task<(double Batch, double Checked, double Sample, int Strategies)> QuickstartAsync(int turns)
    {
        var spec = new BatchReader(TestCatalogues.All).Read(Path.Combine(Root(), "samples", "quickstart.json"));
        var threads = Environment.ProcessorCount;
        var scratch = Directory.CreateTempSubdirectory("granary-bench-").FullName;
        var source = BatchSources.Open(TestCatalogues.All, spec.Data);
        var plan = BatchPlan.Make(spec, await BatchSources.SymbolsAsync(source, spec.Data, default));
        var markets = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
        try
        {
            foreach (var symbol in plan.Feeds.SelectMany(f => f.Symbols).Distinct())
            {
                var series = await source.OpenAsync(new BarQuery(symbol, spec.Data.Timeframe));
                markets[symbol] = new OpenedMarket(symbol, series, series.Instrument);
            }
            async Task<double> RunAsync(bool checks)
            {
                var run = await new BatchRunner(new EmbeddedHost(threads), TimeProvider.System, ledger: TrialLedger.None).RunAsync(spec,
                    new BatchOptions { Out = Path.Combine(scratch, Path.GetRandomFileName()), Validation = checks });
                Directory.Delete(run.Folder, recursive: true);
                return run.Model.Seconds;
            }
            var (batch, guarded, sample, strategies) = (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 0);
            await RunAsync(true);
            // In turns, so that a machine that is busy for a while slows all of them down.
            for (var turn = 0; turn < turns; turn++)
            {
                batch = Math.Min(batch, await RunAsync(false));
                guarded = Math.Min(guarded, await RunAsync(true));
                var clock = Stopwatch.StartNew();
                strategies = (await LookAheadSample.RunAsync(plan, markets, _ => new EmbeddedHost(threads), default)).Strategies;
                sample = Math.Min(sample, clock.Elapsed.TotalSeconds);
            }
            return (batch, guarded, sample, strategies);
        }
        finally
        {
            foreach (var market in markets.Values) await market.Series.DisposeAsync();
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
