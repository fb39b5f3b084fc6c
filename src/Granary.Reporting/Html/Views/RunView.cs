using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Views;

/// <summary>A finished run with derived data for the page's sections.</summary>
internal sealed class RunView : CurveView
{
    /// <summary>The maximum number of strategies that a page lists, best first.</summary>
    public const int MostListed = 2000;

    private Holdings? _holdings;

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    private RunView(RunModel model, IRunEvents events, EquityCurve drawn, EquityCurve closes, IReadOnlyList<EquityRow> rows)
        : base(drawn, closes, closes, closes.Count > 1 ? Measure(closes, model) : null,
            model.WorstDrawdowns.Count > 0 ? model.WorstDrawdowns : Drawdown.Worst(closes),
            model.Benchmark is not { } benchmark ? null
                : new(benchmark, model.BenchmarkName, model.Comparison?.Own))
    {
        Model = model;
        DrawnDepths = [.. rows.Select(r => r.Drawdown)];
        RiskFree = model.RiskFree;
        PeriodScale = model.PeriodScale;
        Events = events;
        Rows = rows;
        Trades = TradeReview.Of(model, events, closes);
        Ranked = [.. model.Strategies.OrderByDescending(s => s.Weight).ThenByDescending(s => Number(s.Stats?.TotalReturn))
            .ThenBy(s => s.Index)];
    }

    public RunModel Model { get; }

    public override MetricCatalogue Metrics => Model.Metrics;

    public override string? Currency => Model.Currency;

    public override string BenchmarkPeriod => Model.Comparison is { } comparison ? PeriodName.Of(comparison.MedianStep.TotalDays) : Period;

    public override EquityStatistics? BenchmarkDays => Model.Comparison?.Days;

    public IRunEvents Events { get; }

    public TradeReview Trades { get; }

    /// <summary>The portfolio's positions by symbol; computed on first access.</summary>
    public Holdings Holdings => _holdings ??= Holdings.Of(Model, Events);

    /// <summary>The portfolio's equity rows of the run.</summary>
    public IReadOnlyList<EquityRow> Rows { get; }

    /// <summary>Strategies by weight, then by return, best first.</summary>
    public IReadOnlyList<StrategyEntry> Ranked { get; }

    /// <summary>Daily returns begin with the starting cash, as in results.json.</summary>
    public override IReadOnlyList<(double Return, bool InMarket)> PeriodReturns
    {
        get
        {
            var rows = Model.Closes.Count > 0 ? Model.Closes : DayEnds(Rows);
            var returns = new List<(double, bool)>(rows.Count);
            var (before, held) = (Model.StartingCash, false);
            for (var i = 0; i < rows.Count; i++)
            {
                // The first row is not at the end of its day.
                var inMarket = held || rows[i].Exposure != 0;
                held = rows[i].Exposure != 0;
                if (i == 0 && rows.Count > 1 && Period == "day"
                    && rows[1].Time / TimeSpan.TicksPerDay == rows[0].Time / TimeSpan.TicksPerDay)
                    continue;
                // After a total loss a day has a return of zero; it counts as a day, as in results.json.
                var r = before > 0 ? rows[i].Equity / before - 1 : 0;
                returns.Add((r, inMarket || r != 0));
                before = rows[i].Equity;
            }
            return returns;
        }
    }

    public IEnumerable<StrategyEntry> Members => Ranked.Where(s => s.Weight != 0);

    public static RunView Of(RunModel model, IRunEvents events)
    {
        var rows = model.Equity;
        var closes = model.Closes.Count > 0 ? model.Closes : DayEnds(rows);
        return new RunView(model, events, CurveOf(rows), CurveOf(closes), rows);
    }

    /// <summary>Sorts undefined values last.</summary>
    public static double Number(double? value) => value is { } v && !double.IsNaN(v) ? v : double.NegativeInfinity;
}
