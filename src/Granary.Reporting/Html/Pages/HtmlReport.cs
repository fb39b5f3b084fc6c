using Granary.Engine.Analysis;
using Granary.Reporting.Html.Sections;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Pages;

/// <summary>
/// Writes a run or an equity curve as one self-contained page with styles, drawings and script. It loads nothing, so it can be sent, read
/// offline and printed. It is complete without scripts; these add sorting, filtering and tooltips.
/// </summary>
internal static class HtmlReport
{
    private static readonly IReportSection<CurveView>[] _curve =
        [new StatisticsSection(), new TrailingSection(), new CalendarSection(), new DrawdownSection(), new RollingSection(),
            new DistributionSection(), new BenchmarkSection(), new CrisisSection()];

    /// <summary>
    /// Writes the page of a run. Trades and signals are read once or twice, one strategy at a time, and never held in memory together.
    /// </summary>
    /// <param name="output">The output, which is not closed; use UTF-8 for a file.</param>
    public static void Write(TextWriter output, RunModel run, IRunEvents events) => Write(output, RunView.Of(run, events));

    internal static void Write(TextWriter output, RunView view)
    {
        var run = view.Model;
        IReportSection<RunView>[] portfolio = [.. _curve[..6], new ExposureSection(), new HoldingsSection(), .. _curve[6..],
            .. Resampling(run.Section<ResamplingResults>())];
        ReportPage.Group<RunView>[] groups =
        [
            new("Live session", run.Section<SessionResults>() is { } session ? [new SessionAccountSection(session)] : []),
            new("Evidence", [new ValidationSection(run.Section<ValidationFigures>(), run.Section<ValidationChecks>()),
                new BridgeSection(run.Section<ValidationFigures>()?.Bridge ?? [])]),
            new("Walk-forward", run.Section<WalkForwardResults>() is { } choices ? [new WalkForwardSection(choices)] : []),
            new("Parameter search", run.Section<ParameterSearchResults>() is { } search ? [new ParameterSearchSection(search)] : []),
            new("Portfolio", portfolio),
            new("Learned weights", run.Section<AllocatorResults>() is { } allocator
                ? [new AllocatorSection(allocator, run.Section<RegimeResults>())] : []),
            new("Market", [
                .. run.Section<UniverseResults>() is { } universe ? (IReportSection<RunView>[])[new UniverseSection(universe)] : [],
                .. run.Section<RegimeResults>() is { } regimes ? (IReportSection<RunView>[])[new RegimeSection(regimes)] : []]),
            new("Strategies", [new StrategyTableSection(), new StrategyGroupsSection(), new CorrelationSection(), new ParameterMapSection(),
                new PriceChartSection()]),
            new("Trades", [new TradeEndsSection(), new TradeTimesSection(), new ExcursionSection(), new StreakSection(), new CostSection(),
                .. run.Section<BorrowingResults>() is { } borrowing
                    ? (IReportSection<RunView>[])[new BorrowingSection(borrowing)] : [],
                .. run.Section<CurrencyResults>() is { } currency ? (IReportSection<RunView>[])[new CurrencySection(currency)] : [],
                .. run.Section<FundingResults>() is { } funding ? (IReportSection<RunView>[])[new FundingSection(funding)] : [],
                .. run.Section<RollResults>() is { } rolls ? (IReportSection<RunView>[])[new RollSection(rolls)] : [],
                new RefusedSection(), .. run.Section<ConditionResults>() is { } conditions
                    ? (IReportSection<RunView>[])[new ConditionSection(conditions)] : []]),
            new("Learning", run.Section<LearningReport>() is { } learning ? [new LearningSection(learning)] : []),
            new("Decisions of models", run.Section<ModelResults>() is { } decided ? [new ModelDecisionSection(decided)] : []),
            // The weights of a policy are in the section of learned weights.
            new("Weights", [
                .. run.Section<AllocatorResults>() is null && run.Section<WeightResults>() is { } weights
                    ? (IReportSection<RunView>[])[new WeightsSection(weights)] : [],
                .. run.Section<AllocationResults>() is { } allocations
                    ? (IReportSection<RunView>[])[new AllocationSection(allocations)] : []]),
            // Sections without a page section of their own are shown as tables of their JSON.
            new("Further results", [.. run.Sections.Where(s => s is not (SessionResults or ValidationFigures or ValidationChecks
                or WalkForwardResults or RegimeResults or UniverseResults or LearningReport or ModelResults
                or AllocatorResults or WeightResults or AllocationResults or ConditionResults or ResamplingResults
                or ParameterSearchResults or FundingResults or RollResults or CurrencyResults or BorrowingResults
                or StatedFindings))
                .OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => new JsonSection(s.Name, s.ToJson()))]),
            new("Record", [new MarketSection(), new BatchSection(), new FormulasSection()]),
        ];
        var kind = run.Section<SessionResults>() is not null ? "live session"
            : run.Section<WalkForwardResults>() is not null ? "walk-forward"
            : run.Section<ParameterSearchResults>() is not null ? "parameter search" : "backtest";
        ReportPage.Write(new HtmlWriter(output), $"{run.Name} · {kind}", view, RunTop.Write, groups,
            $"Granary {kind} of {NumberText.Clock(run.CreatedAt)} UTC. Past results say little about future ones. Digest {run.Digest}.");
    }

    /// <summary>Writes the tear sheet of an equity curve, from Granary or another program.</summary>
    public static void Write(TextWriter output, EquityCurve curve, TearSheet sheet)
    {
        var view = CurveView.Of(curve, sheet.PeriodsPerYear, sheet.Benchmark, sheet.BenchmarkName, sheet.RiskFree);
        ReportPage.Write(new HtmlWriter(output), $"{sheet.Title} · tear sheet", view, (html, v) => CurveTop.Write(html, v, sheet),
            [new("Curve", [.. _curve, .. Resampling(sheet.Resampling)]), new("Record", [new FormulasSection()])],
            "Granary analysis of an equity curve. Past results say little about future ones.");
    }

    private static IReportSection<CurveView>[] Resampling(ResamplingResults? results) => results is null ? []
        : [new ResamplingSection(results)];
}
