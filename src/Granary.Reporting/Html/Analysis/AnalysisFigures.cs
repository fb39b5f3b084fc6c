using Granary.Contracts.Runs;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Analysis;

/// <summary>The figures of a report's charts, for charts of other programs.</summary>
internal static class AnalysisFigures
{
    // A chart is not wider; longer series are thinned evenly, their last point stays.
    private const int MostPoints = 2000;

    public static RunAnalysis Of(RunView view) => new(Benchmark(view), Rolling(view), Returns(view),
        [.. view.Drawdowns.Select(d =>
            new DrawdownSpan(d.Depth, Utc(d.Peak), Utc(d.Trough), d.Recovery is { } end ? Utc(end) : null, d.Days))],
        Trades(view), Correlation(view));

    private static BenchmarkLine? Benchmark(RunView view)
    {
        if (view.Benchmark is not { Count: > 1 } line || view.Statistics is null) return null;
        var kept = Thinned(line.Count);
        return new BenchmarkLine(view.BenchmarkName, [.. kept.Select(i => Utc(line.Times[i]))], [.. kept.Select(i => line.Values[i])]);
    }

    private static RollingFigures? Rolling(RunView view)
    {
        if (!CurveWindow.Applies(view)) return null;
        var (window, closes, rolling) = (CurveWindow.Of(view), view.Closes, CurveWindow.Statistics(view));
        var kept = Thinned(rolling.Times.Length);
        return new RollingFigures(window, view.Period, [.. kept.Select(i => Utc(rolling.Times[i]))],
            [.. kept.Select(i => Defined(closes.Values[i + window] / closes.Values[i] - 1))],
            [.. kept.Select(i => Defined(rolling.Sharpe[i]))], [.. kept.Select(i => Defined(rolling.Sortino[i]))],
            [.. kept.Select(i => Defined(rolling.Volatility[i]))], Beta(view, window, kept.Select(i => rolling.Times[i])));
    }

    private static IReadOnlyList<double?>? Beta(RunView view, int window, IEnumerable<long> times)
    {
        if (CurveWindow.Beta(view, window) is not { Beta.Times.Length: > 0 } rolling) return null;
        var known = rolling.Beta.Times.Zip(rolling.Beta.Beta).ToDictionary(p => p.First, p => p.Second);
        return [.. times.Select(t => known.TryGetValue(t, out var beta) ? Defined(beta) : null)];
    }

    private static ReturnDistribution? Returns(RunView view) =>
        PeriodDistribution.Applies(view) && PeriodDistribution.Of(view) is { Held.Length: > 0 } returns
            ? new ReturnDistribution(view.Period, Bins(returns.Held), returns.Rows(), ReturnsBySpan.Of(view, returns)) : null;

    private static TradeExcursions? Trades(RunView view)
    {
        TradePoint[] points = [.. view.Trades.Points.Where(p => double.IsFinite(p.Return))
            .Select(p => new TradePoint(p.Adverse, p.Favourable, p.Return))];
        if (points.Length == 0) return null;
        var e = view.Trades.Measures.Excursions!;
        return new TradeExcursions(view.Trades.OfPortfolio, view.Trades.Measures.Trades, Bins(view.Trades.SortedReturns()),
            points, [Row("all", e.Adverse.Average, e.Favourable.Average), Row("wins", e.Adverse.OfWins, e.Favourable.OfWins),
                Row("losses", e.Adverse.OfLosses, e.Favourable.OfLosses)], Defined(e.EdgeRatio),
            [.. Groups(view.Trades)]);
    }

    private static IEnumerable<TradeGroupRow> Groups(TradeReview trades) =>
    [
        .. trades.BySide.Reverse().Select(g => Group("side", RunText.Of(g.Key), g.Value)),
        .. trades.ByReason.Select(g => Group("exitReason", g.Key.Word(), g.Value)),
        .. trades.BySymbol.Select(g => Group("symbol", g.Key, g.Value)), .. trades.ByClass.Select(g => Group("class", g.Key, g.Value)),
    ];

    private static TradeGroupRow Group(string by, string value, TradeGroup group) => new(by, value, group.Measures.Trades,
        Defined(group[TradeMetrics.WinRate]), Defined(group[TradeMetrics.ProfitFactor]), Defined(group.AverageReturn),
        Defined(group[TradeMetrics.AverageBars]), group.Measures.NetProfit);

    private static StrategyCorrelation? Correlation(RunView view)
    {
        if (CorrelationMatrix.Of(view) is not { } matrix) return null;
        var all = Enumerable.Range(0, matrix.Strategies.Count);
        return new StrategyCorrelation(matrix.Period, Defined(matrix.Mean), [.. matrix.Strategies.Select(s => s.Id)],
            [.. all.Select(i => (IReadOnlyList<double?>)[.. all.Select(j => Defined(matrix[i, j]))])]);
    }

    private static ExcursionRow Row(string of, double adverse, double favourable) => new(of, Defined(adverse), Defined(favourable));

    private static ValueBins Bins(double[] sorted)
    {
        var histogram = PeriodDistribution.Bins(sorted);
        return new ValueBins(histogram.Edges, histogram.Counts);
    }

    private static int[] Thinned(int count)
    {
        var every = (count - 1) / MostPoints + 1;
        return [.. Enumerable.Range(0, count).Where(i => (count - 1 - i) % every == 0)];
    }

    private static double? Defined(double value) => double.IsFinite(value) ? value : null;

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
