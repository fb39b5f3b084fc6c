using Granary.Engine.Analysis;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Views;

/// <summary>A finished run as the page's sections see it.</summary>
internal sealed class RunView : CurveView
{
    private RunView(RunModel model, IRunEvents events, EquityCurve drawn, EquityCurve closes, IReadOnlyList<EquityRow> rows)
        : base(drawn, closes, closes, closes.Count > 1 ? Measure(closes, model.Benchmark) : null,
            model.WorstDrawdowns.Count > 0 ? model.WorstDrawdowns : Drawdown.Worst(closes), model.Benchmark, model.BenchmarkName)
    {
        Model = model;
        Events = events;
        Rows = rows;
        Trades = TradeReview.Of(model, events, closes);
        Ranked = [.. model.Strategies.OrderByDescending(s => s.Weight).ThenByDescending(s => Number(s.Stats?.TotalReturn)).ThenBy(s => s.Index)];
    }

    public RunModel Model { get; }

    public IRunEvents Events { get; }

    public TradeReview Trades { get; }

    /// <summary>The portfolio's equity as the run gave it.</summary>
    public IReadOnlyList<EquityRow> Rows { get; }

    /// <summary>By weight, then by return, best first.</summary>
    public IReadOnlyList<StrategyEntry> Ranked { get; }

    public IEnumerable<StrategyEntry> Members => Ranked.Where(s => s.Weight != 0);

    public static RunView Of(RunModel model, IRunEvents events)
    {
        var rows = model.Equity;
        var closes = model.Closes.Count > 0 ? model.Closes : DayEnds(rows);
        return new RunView(model, events, CurveOf(rows), CurveOf(closes), rows);
    }

    /// <summary>Undefined sorts below everything.</summary>
    public static double Number(double? value) => value is { } v && !double.IsNaN(v) ? v : double.NegativeInfinity;
}
