using System.Globalization;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Notes;

/// <summary>Facts about a batch from which its notes are created.</summary>
/// <param name="Entries">Strategies in the order of the plan's instances.</param>
/// <param name="Outcomes">Outcomes of finished strategies, by strategy index.</param>
internal sealed record BatchFacts(
    BatchPlan Plan, IReadOnlyList<StrategyEntry> Entries, IReadOnlyDictionary<int, StrategyOutcome> Outcomes, PortfolioOutcome Portfolio,
    IReadOnlyDictionary<string, OpenedMarket> Markets)
{
    /// <summary>By strategy index: nonzero if the strategy has a weight at any time.</summary>
    public required IReadOnlyList<double> Members { get; init; }

    /// <summary>The strategies whose single trades and signals the files list.</summary>
    public required ListedStrategies Listed { get; init; }

    public required bool IsInterrupted { get; init; }
}

/// <summary>
/// Creates the notes of a batch. Each rule is a method that takes the <see cref="BatchFacts"/> and returns notes; a new rule is added to
/// <see cref="Of"/>.
/// </summary>
internal static class BatchNotes
{
    public static IEnumerable<RunNote> Of(BatchFacts facts) =>
    [
        .. Unfinished(facts),
        .. Ruined(facts),
        .. TradeNotes.Of(facts),
        .. SuspiciousNotes.Of(facts),
        .. DuplicateNotes.Of(facts.Plan, facts.Outcomes),
        .. facts.Plan.Instances.All(RecordedRuns.IsRecorded) ? [] : CostNotes.Of(facts.Plan.Spec.Execution.Settings),
        .. Short(facts),
        .. InSample(facts),
        .. Intrabar(facts),
        .. Output(facts),
    ];

    private static IEnumerable<RunNote> Unfinished(BatchFacts facts)
    {
        var entries = facts.Entries;
        if (facts.IsInterrupted)
        {
            var finished = entries.Count(e => e.Stats is not null);
            yield return new RunNote(NoteCode.Interrupted,
                $"The run was interrupted: {Counted.Of(finished, entries.Count, "strategy")} have "
                    + "finished, and the figures are of these alone.",
                finished);
            yield break;
        }
        var failed = entries.Where(e => e.Error is not null && e.Stats is null
            && facts.Outcomes.GetValueOrDefault(e.Index)?.IsWhole != false).ToList();
        if (failed.Count > 0)
            yield return new RunNote(NoteCode.StrategiesFailed,
                $"{Counted.Of(failed.Count, entries.Count, "strategy")} failed; "
                    + $"the first is {failed[0].Id}: {failed[0].Error}", failed.Count);
    }

    private static IEnumerable<RunNote> Ruined(BatchFacts facts)
    {
        if (facts.Portfolio.Statistics.IsRuined)
            yield return new RunNote(NoteCode.Ruined,
                "The portfolio's account reached zero equity and was closed: its return is −100 %, its ratios are undefined, and every "
                    + "later signal was refused.", 1);
        var ruined = facts.Entries.Where(e => e.Stats is { IsRuined: true }).ToList();
        if (ruined.Count > 0)
            yield return new RunNote(NoteCode.Ruined,
                $"{Counted.Of(ruined.Count, facts.Entries.Count, "strategy")} lost all of their equity, and their "
                    + "accounts were closed; the first "
                    + $"is {ruined[0].Id}.", ruined.Count);
    }

    private static IEnumerable<RunNote> Short(BatchFacts facts)
    {
        var (first, last) = facts.Portfolio.Rows;
        return ShortRecord.Of((long)facts.Portfolio.Statistics[ExposureMetrics.Periods], (last - first) / (double)TimeSpan.TicksPerDay)
            .Select(sentence => new RunNote(NoteCode.ShortRecord, sentence));
    }

    private static IEnumerable<RunNote> InSample(BatchFacts facts)
    {
        if (facts.Plan.Spec.Portfolio is { Rule: WeightMethods.Winners, Rebalance: null } && facts.Members.Any(w => w != 0))
            yield return new RunNote(NoteCode.InSample,
                "The weights choose the winners of this very period: the portfolio's figures are in-sample and flatter it.",
                facts.Entries.Count(e => e.Weight != 0));
        if (facts.Plan.Spec.Portfolio.Rule == WeightMethods.Best && facts.Members.Any(w => w != 0))
            yield return new RunNote(NoteCode.InSample,
                "The weights choose the best trials of a search over this very period: the portfolio's figures are in-sample and flatter "
                    + "it. A walk-forward with the same search shows what they earn on later bars.",
                facts.Entries.Count(e => e.Weight != 0));
    }

    private static IEnumerable<RunNote> Output(BatchFacts facts)
    {
        var outputs = facts.Plan.Spec.Outputs;
        if (outputs.OfAllStrategies) yield break;
        const string Remedy = "Write \"outputs\": \"all\" into the batch file to have them too.";
        var (strategies, listed) = (facts.Entries.Count(e => e.Stats is not null), facts.Listed);
        var members = facts.Members.Count(w => w != 0);
        if (outputs.Has("trades") && listed.Trades.Count < strategies)
            yield return new RunNote(NoteCode.Output, string.Create(CultureInfo.InvariantCulture,
                $"The files list the trades of {listed.Trades.Count:N0} of {strategies:N0} strategies and the signals "
                    + $"of {listed.Signals.Count:N0}{(members > 0 ? $" of the {members:N0} with a weight" : "")}: ")
                + string.Create(CultureInfo.InvariantCulture,
                $"the best of those with a weight first, about {ListedStrategies.MostRows:N0} rows in all. results.json and "
                    + $"portfolio_trades.csv are complete. {Remedy}"),
                strategies - listed.Trades.Count);
        else if ((outputs.Has("signals") || outputs.Has("factors")) && members > 0 && members < facts.Members.Count)
            yield return new RunNote(NoteCode.Output, string.Create(CultureInfo.InvariantCulture,
                $"signals.csv and factors.csv leave out the {facts.Members.Count - members:N0} of {facts.Members.Count:N0} strategies "
                    + $"without weight. {Remedy}"), facts.Members.Count - members);
    }

    private static IEnumerable<RunNote> Intrabar(BatchFacts facts)
    {
        var settings = facts.Plan.Spec.Execution.Settings;
        if (!settings.UsePath) yield break;
        var path = facts.Entries.Sum(e => (long)(e.Stats?[ExposureMetrics.IntrabarByPath] ?? 0));
        var rule = facts.Entries.Sum(e => (long)(e.Stats?[ExposureMetrics.IntrabarByRule] ?? 0));
        yield return new RunNote(NoteCode.Intrabar, string.Create(CultureInfo.InvariantCulture,
            $"Of {path + rule:N0} bars that touched a trade's stop and its target, the path of smaller bars decided {path:N0}; ")
            + string.Create(CultureInfo.InvariantCulture,
            $"{rule:N0} were left to the rule {EnumWords.Of(settings.Intrabar)}, where the source has no smaller bars or one of "
                + $"them touched both."),
            path + rule);
    }
}
