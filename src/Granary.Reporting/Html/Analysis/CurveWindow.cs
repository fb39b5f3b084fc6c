using Granary.Engine.Analysis;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Analysis;

/// <summary>The moving window of a curve's rolling figures.</summary>
internal static class CurveWindow
{
    /// <summary>Half a year of days if there are two years, otherwise a quarter of the record.</summary>
    public static int Of(CurveView view) => Math.Min(126, view.Closes.Count / 4);

    public static bool Applies(CurveView view) => view.Moves && Of(view) >= 5;

    public static RollingStatistics Statistics(CurveView view) =>
        RollingStatistics.Of(view.Closes, Of(view), PeriodsPerYear.Infer(view.Closes.Times) * view.PeriodScale);

    /// <summary>Beta to the benchmark over so many returns, and whether they are of days; null without a benchmark.</summary>
    public static (RollingBeta Beta, bool IsByDay)? Beta(CurveView view, int window)
    {
        if (view.Benchmark is not { } benchmark) return null;
        // The benchmark of a run has times of its rows; one of a file is joined as for the figures against it.
        var join = view is RunView ? new CurveJoin(view.Closes, benchmark, IsByDay: false) : CurveJoin.Of(view.Closes, benchmark);
        return (RollingBeta.Of(join.Own, join.Other, window), join.IsByDay);
    }
}
