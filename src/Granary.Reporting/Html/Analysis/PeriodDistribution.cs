using Granary.Contracts.Runs;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Analysis;

/// <summary>The returns of a curve by period, sorted: all, and those with a position.</summary>
internal sealed class PeriodDistribution
{
    private readonly CurveView _view;

    private PeriodDistribution(CurveView view)
    {
        _view = view;
        var returns = view.PeriodReturns;
        All = [.. returns.Select(r => r.Return).Order()];
        Held = [.. returns.Where(r => r.InMarket).Select(r => r.Return).Order()];
    }

    public double[] All { get; }

    public double[] Held { get; }

    public int Flat => All.Length - Held.Length;

    public static bool Applies(CurveView view) => view.Moves && view.Measured.Count > 10;

    public static PeriodDistribution Of(CurveView view) => new(view);

    /// <summary>The outermost bins include all returns beyond them, so outliers do not compress the histogram.</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    public static ReturnHistogram Bins(double[] sorted)
    {
        var (low, high) = (Quantile.Linear(sorted, 0.002), Quantile.Linear(sorted, 0.998));
        return ReturnHistogram.Of([.. sorted.Select(r => Math.Clamp(r, low, high))], sorted.Length < 250 ? 0 : 60);
    }

    /// <summary>One row, and a second one of the periods in the market if there are others.</summary>
    public IReadOnlyList<ReturnRow> Rows()
    {
        // A position may be opened and closed between the rows that are kept here; results.json counts every row.
        var account = _view.Period == "day" && (_view as RunView)?.Model.Portfolio is { } own && own.Has(ExposureMetrics.Days) ? own : null;
        var all = Row(All, inMarket: false);
        if (account is not null)
            all = all with
            {
                Count = (int)account[ExposureMetrics.Days],
                Gains = account[ReturnMetrics.DaysProfitable],
                Losses = account[ReturnMetrics.DaysLosing],
                Var95 = account[RiskMetrics.DailyVar95],
                Cvar95 = account[RiskMetrics.DailyCvar95],
            };
        if (Flat == 0) return [all];
        var held = Row(Held, inMarket: true);
        return [all, account is null ? held : held with
        {
            Count = (int)account[ReturnMetrics.DaysInMarket],
            Gains = account[ReturnMetrics.DaysProfitableInMarket],
            Losses = account[ReturnMetrics.DaysLosingInMarket],
            Var95 = account[RiskMetrics.DailyVar95InMarket],
            Cvar95 = account[RiskMetrics.DailyCvar95InMarket],
        }];
    }

    private static ReturnRow Row(double[] sorted, bool inMarket)
    {
        var (var95, cvar95) = TailRisk.Historical(sorted, 0.05);
        var (var99, cvar99) = TailRisk.Historical(sorted, 0.01);
        return new ReturnRow
        {
            InMarket = inMarket,
            Count = sorted.Length,
            Gains = sorted.Count(r => r > 0) / (double)sorted.Length,
            Losses = sorted.Count(r => r < 0) / (double)sorted.Length,
            Var95 = var95,
            Cvar95 = cvar95,
            Var99 = var99,
            Cvar99 = cvar99,
            Worst = sorted[0],
            Median = Quantile.Median(sorted),
            Best = sorted[^1],
        };
    }
}
