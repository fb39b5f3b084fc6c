using Granary.Engine.Analysis;
using Granary.Reporting.Html.Sections;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Pages;

/// <summary>
/// A run, or a bare equity curve, as one self-contained page: styles, drawings and script are in it and nothing is loaded, so that it can
/// be sent to a friend, read offline and printed. It reads without scripts too; they sort, filter and point.
/// </summary>
public static class HtmlReport
{
    private static readonly IReportSection<CurveView>[] _curve =
        [new StatisticsSection(), new TrailingSection(), new CalendarSection(), new DrawdownSection(), new RollingSection(),
            new DistributionSection(), new BenchmarkSection(), new CrisisSection()];

    // Sections with a page of their own; all others are shown as they are.
    private static readonly string[] _own = [LearningSection.Name, BeliefSection.Validation, BeliefSection.Evidence,
        WalkForwardSection.Name,
        RegimeSection.Name, SessionAccountSection.Name];

    /// <summary>
    /// The page of a run. Trades and signals are read once or twice through, a strategy at a time, and never held together.
    /// </summary>
    /// <param name="output">Written to, not closed; UTF-8 where it goes to a file.</param>
    /// <exception cref="System.Text.Json.JsonException">A text in <see cref="RunModel.Sections"/> is not JSON.</exception>
    public static void Write(TextWriter output, RunModel run, IRunEvents events)
    {
        var view = RunView.Of(run, events);
        IReportSection<RunView>[] portfolio = [.. _curve[..6], new ExposureSection(), new HoldingsSection(), .. _curve[6..]];
        string? Section(string name) => run.Sections.GetValueOrDefault(name);
        ReportPage.Group<RunView>[] groups =
        [
            new("Live session", Section(SessionAccountSection.Name) is { } session ? [new SessionAccountSection(session)] : []),
            new("Evidence", [new BeliefSection(Section(BeliefSection.Validation), Section(BeliefSection.Evidence)),
                new BridgeSection(Section(BeliefSection.Validation) ?? "{}")]),
            new("Walk-forward", Section(WalkForwardSection.Name) is { } walk ? [new WalkForwardSection(walk)] : []),
            new("Portfolio", portfolio),
            new("Market", Section(RegimeSection.Name) is { } regimes ? [new RegimeSection(regimes)] : []),
            new("Strategies", [new StrategyTableSection(), new StrategyGroupsSection(), new CorrelationSection(), new ParameterMapSection(),
                new PriceChartSection()]),
            new("Trades", [new TradeEndsSection(), new TradeTimesSection(), new ExcursionSection(), new StreakSection(), new CostSection(),
                new RefusedSection()]),
            new("Learning", run.Sections.TryGetValue(LearningSection.Name, out var learning) ? [new LearningSection(learning)] : []),
            new("Further results", [.. run.Sections.Where(s => !_own.Contains(s.Key, StringComparer.Ordinal))
                .OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new JsonSection(s.Key, s.Value))]),
            new("Record", [new MarketSection(), new BatchSection(), new FormulasSection()]),
        ];
        var kind = run.Sections.ContainsKey(SessionAccountSection.Name) ? "live session"
            : run.Sections.ContainsKey(WalkForwardSection.Name) ? "walk-forward" : "backtest";
        ReportPage.Write(new HtmlWriter(output), $"{run.Name} · {kind}", view, RunTop.Write, groups,
            $"Granary {kind} of {NumberText.Clock(run.CreatedAt)} UTC. Past results say little about future ones. Digest {run.Digest}.");
    }

    /// <summary>The tear sheet of an equity curve, ours or not.</summary>
    public static void Write(TextWriter output, EquityCurve curve, TearSheet sheet)
    {
        var view = CurveView.Of(curve, sheet.PeriodsPerYear, sheet.Benchmark, sheet.BenchmarkName, sheet.RiskFree);
        ReportPage.Write(new HtmlWriter(output), $"{sheet.Title} · tear sheet", view, (html, v) => CurveTop.Write(html, v, sheet),
            [new("Curve", _curve), new("Record", [new FormulasSection()])],
            "Granary analysis of an equity curve. Past results say little about future ones.");
    }
}
