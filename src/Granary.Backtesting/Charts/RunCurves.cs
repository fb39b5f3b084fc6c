using System.Text;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Tables;

namespace Granary.Backtesting.Charts;

/// <summary>
/// Curves that a run's files do not have: buying and holding its markets, and the equity of a strategy's own account. The most recent ones
/// stay in memory.
/// </summary>
internal sealed class RunCurves(RunLibrary library, GranaryCatalogues catalogues)
{
    /// <summary>The name of the series of buying and holding.</summary>
    public const string Hold = "buy-and-hold";

    private const int MostHolds = 4, MostReplays = 8;

    private readonly RecentAnswers<EquityCurve> _holds = new(MostHolds);
    private readonly RecentAnswers<StrategyReplay> _replays = new(MostReplays);

    /// <summary>
    /// Returns the value of buying and holding all markets of a run in equal parts, at the rows of its equity.csv from the first bar on.
    /// </summary>
    public async Task<RunCurve> HoldAsync(string id, RunSeries span)
    {
        try
        {
            var hold = await _holds.FindAsync(library.VersionOf(id), () => Task.Run(() => ReadHoldAsync(id))).ConfigureAwait(false);
            return span.Curve(Hold, hold.Times.ToArray(), hold.Values.ToArray());
        }
        catch (Exception e) when (e is InputException or BarDataException)
        {
            return Not(Hold, $"The bars of the run cannot be read again: {e.Message}");
        }
    }

    private static RunCurve Not(string name, string why) => new(name, 0, [], []) { Why = why };

    /// <summary>Returns a strategy of a run, run again.</summary>
    public Task<StrategyReplay> ReplayAsync(string id, string strategy) => _replays.FindAsync($"{library.VersionOf(id)}|{strategy}",
        () => Task.Run(async () =>
        {
            try
            {
                return await StrategyReplay.RunAsync(library.PathOf(id), SpecOf(id, bindStrategies: true), strategy, library.Rows,
                    CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is InputException or BarDataException)
            {
                return StrategyReplay.Not($"The strategy cannot be run again: {e.Message}");
            }
        }));

    /// <summary>Returns a curve of a strategy's own account: equity, drawdown or buy-and-hold.</summary>
    /// <exception cref="InputException">A strategy has no such curve.</exception>
    public async Task<RunCurve> StrategyAsync(string id, string strategy, string name, RunSeries span)
    {
        var replay = await ReplayAsync(id, strategy).ConfigureAwait(false);
        if (replay.Equity is not { } equity) return Not(name, replay.Missing ?? "The strategy has no bars.");
        return span.Curve(name, equity.Times.ToArray(), name switch
        {
            "equity" => equity.Values.ToArray(),
            "drawdown" => Drawdown(equity.Values, SpecOf(id, bindStrategies: false).Cash),
            Hold => replay.Hold,
            _ => throw new InputException($"a strategy has no series '{name}'; it has equity, drawdown and {Hold}"),
        });
    }

    private static double[] Drawdown(ReadOnlySpan<double> equity, double start)
    {
        var (peak, depths) = (start, new double[equity.Length]);
        for (var i = 0; i < depths.Length; i++)
        {
            peak = Math.Max(peak, equity[i]);
            depths[i] = 1 - equity[i] / peak;
        }
        return depths;
    }

    private async Task<EquityCurve> ReadHoldAsync(string id)
    {
        var path = Path.Combine(library.PathOf(id), "equity.csv");
        if (!File.Exists(path)) throw new InputException("this run has no equity.csv; run its batch with \"equity\" among its outputs");
        var rows = TimeTable.Read(path, _ => ["equity"]);
        var spec = SpecOf(id, bindStrategies: true);
        var opening = new BatchOpening { Threads = Environment.ProcessorCount, Yes = true, WithSearches = spec.HasSearch };
        await using var opened = await OpenedBatch.OpenAsync(spec, opening, CancellationToken.None).ConfigureAwait(false);
        if (opened.Markets.Count == 0) throw new InputException("this run has no bars of its own, so that nothing can be held");
        var hold = await BenchmarkCurve.HoldAsync(new EquityCurve(rows.Times, rows.Columns[0]), opened.Markets, spec.Data.From ?? 0,
            opened.Plan.WithExamples().Feeds.Min(f => f.Timeframe.Ticks), CancellationToken.None).ConfigureAwait(false);
        var known = hold.TakeWhile(double.IsNaN).Count();
        return new EquityCurve(rows.Times[known..], hold[known..]);
    }

    /// <summary>Returns the batch of a run.</summary>
    /// <param name="bindStrategies">Whether the strategies' classes are needed.</param>
    internal BatchSpec SpecOf(string id, bool bindStrategies) =>
        RunManifest.Read(library.PathOf(id)).ReadBatch(catalogues, bindStrategies: bindStrategies);
}
