using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Numerics;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Tables;

namespace Granary.Backtesting.Charts;

/// <summary>Computes the figures of a part of a run, by the metric catalogue, from the run's files.</summary>
internal sealed class RunSpans(RunLibrary library, RunCurves curves)
{
    /// <summary>Returns the figures of the portfolio.</summary>
    /// <exception cref="InputException">The run lacks equity.csv or portfolio_trades.csv.</exception>
    public SpanFigures Portfolio(string id, long? from, long? to)
    {
        var folder = library.PathOf(id);
        var path = Path.Combine(folder, "equity.csv");
        if (!File.Exists(path)) throw new InputException("this run has no equity.csv; run its batch with \"equity\" among its outputs");
        var table = TimeTable.Read(path, _ => ["equity", "exposure"]);
        var (first, end) = RangeOf(table.Times, from, to);
        var cash = curves.SpecOf(id, bindStrategies: false).Cash;
        var start = first == 0 ? cash : table.Columns[0][first - 1];
        var (equity, account, held) = (new EquityAccumulator(start), new AccountAccumulator(start), 0L);
        for (var i = first; i < end; i++)
        {
            var (value, exposure) = (table.Columns[0][i], table.Columns[1][i]);
            equity.Add(table.Times[i], value);
            account.Add(table.Times[i], value, exposure);
            // Rounding leaves a part of an account when every position is closed.
            if (exposure > Tolerance.Amount * Math.Max(1, Math.Abs(value))) held++;
        }
        var days = account.Finish();
        var perYear = PeriodsPerYear(library.ResultsOf(id).Parts.Where(p => p.Name == "portfolio").Select(p => p.Json).FirstOrDefault());
        var metrics = MetricCatalogue.BuiltIn.Compute(new MetricInput
        {
            Parts = MetricParts.Equity | MetricParts.Account | MetricParts.Trades | (days is null ? MetricParts.None : MetricParts.Days),
            Equity = end - first > 1 ? equity.Measure(perYear)
                : EquityMeasures.Unmeasured(start, end > first ? table.Columns[0][first] : start),
            Trades = TradesOf(Path.Combine(folder, "portfolio_trades.csv"), null, from, to),
            Account = new AccountMeasures(end - first, held, Commission(Path.Combine(folder, "portfolio_fills.csv"), from, to), 0),
            Days = days,
            Checks = CheckResults.None,
        });
        return new SpanFigures(null, TimeAt(table.Times, first, end), TimeAt(table.Times, end - 1, end), end - first,
            StatsOf(metrics, ExposureMetrics.Financing), null);
    }

    /// <summary>Returns the figures of a strategy in its own account; only its trades' figures if it cannot be run again.</summary>
    /// <exception cref="InputException">The run has no trades.csv.</exception>
    public async Task<SpanFigures> StrategyAsync(string id, string strategy, long? from, long? to)
    {
        var trades = TradesOf(Path.Combine(library.PathOf(id), "trades.csv"), strategy, from, to);
        var replay = await curves.ReplayAsync(id, strategy).ConfigureAwait(false);
        if (replay.Equity is not { } curve)
            return new SpanFigures(strategy, null, null, 0, StatsOf(MetricCatalogue.BuiltIn.Compute(new MetricInput
            {
                Parts = MetricParts.Trades,
                Trades = trades,
                Checks = CheckResults.None,
            })), replay.Missing);
        var times = curve.Times.ToArray();
        var (first, end) = RangeOf(times, from, to);
        var start = first == 0 ? curves.SpecOf(id, bindStrategies: false).Cash : curve.Values[first - 1];
        var equity = new EquityAccumulator(start);
        equity.Add(curve.Times[first..end], curve.Values[first..end]);
        var perYear = PeriodsPerYear(library.ResultsOf(id).StrategyOf(strategy));
        var metrics = MetricCatalogue.BuiltIn.Compute(new MetricInput
        {
            Parts = MetricParts.Equity | MetricParts.Trades,
            Equity = end - first > 1 ? equity.Measure(perYear)
                : EquityMeasures.Unmeasured(start, end > first ? curve.Values[first] : start),
            Trades = trades,
            Checks = CheckResults.None,
        });
        return new SpanFigures(strategy, TimeAt(times, first, end), TimeAt(times, end - 1, end), end - first, StatsOf(metrics), null);
    }

    private static (int First, int End) RangeOf(long[] times, long? from, long? to)
    {
        var first = from is { } f ? At(f) : 0;
        return (first, to is { } t ? Math.Max(first, At(t)) : times.Length);

        int At(long time) => Array.BinarySearch(times, time) is >= 0 and var found ? found : ~Array.BinarySearch(times, time);
    }

    private static DateTime? TimeAt(long[] times, int row, int end) =>
        row >= 0 && row < end ? new DateTime(times[row], DateTimeKind.Utc) : null;

    private TradeMeasures TradesOf(string path, string? strategy, long? from, long? to)
    {
        var trades = new TradeAccumulator();
        foreach (var row in new RowQuery(int.MaxValue, strategy) { From = from, To = to }.Of(path, indexes: library.Rows).Items)
            if ((string?)row["exitReason"] != "open")
                trades.Add(JsonNumber.Of(row["pnlNet"]) ?? double.NaN, bars: (int)(JsonNumber.Of(row["bars"]) ?? -1));
        return trades.Measure();
    }

    // NaN if the run does not list its fills.
    private static double Commission(string path, long? from, long? to)
    {
        if (!File.Exists(path)) return double.NaN;
        var sum = 0.0;
        foreach (var row in new RowQuery(int.MaxValue).Of(path).Items)
            if (UtcTicks.Read("time", (string)row["time"]!) is var time && time >= (from ?? long.MinValue) && time < (to ?? long.MaxValue))
                sum += JsonNumber.Of(row["commission"]) ?? 0;
        return sum;
    }

    private static double PeriodsPerYear(ReadOnlyMemory<byte> part) =>
        part.IsEmpty ? double.NaN : JsonNumber.Of((JsonNode.Parse(part.Span) as JsonObject)?["stats"]?[RatioMetrics.PeriodsPerYear.Key])
            ?? double.NaN;

    private static SortedDictionary<string, double?> StatsOf(MetricSet metrics, params IEnumerable<Metric> without) =>
        new(metrics.Listed().Where(v => !without.Contains(v.Metric)).ToDictionary(v => v.Metric.Key, v => JsonNumber.Finite(v.Value)),
            StringComparer.Ordinal);
}
