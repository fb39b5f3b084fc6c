using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Notes;

/// <summary>
/// Notes on trades that did not happen: strategies without a trade, and refused entries with the count of each reason.
/// </summary>
internal static class TradeNotes
{
    public static IEnumerable<RunNote> Of(BatchFacts facts)
    {
        if (facts.IsInterrupted) return [];
        return [.. WithoutTrade(facts), .. Refused(facts), .. EmptyPortfolio(facts)];
    }

    private static IEnumerable<RunNote> WithoutTrade(BatchFacts facts)
    {
        var outcomes = facts.Outcomes.Values.Where(o => o.Error is null).OrderBy(o => o.Index).ToList();
        var idle = outcomes.Where(o => o.Opened == 0).ToList();
        if (idle.Count == 0) yield break;
        var cold = idle.Where(o => !o.IsWarm).ToList();
        var silent = idle.Count(o => o.IsWarm && o.Signals == 0);
        var refused = idle.Where(o => o.Signals > 0).ToList();
        var alone = outcomes.Count == 1;
        string Those(int count) => alone ? "it" : Text($"{count:N0}");
        List<string> reasons = [];
        if (silent > 0) reasons.Add($"{Those(silent)} made no signal");
        if (refused.Count > 0)
        {
            var ends = refused.Aggregate(new SignalEnds(), (sum, o) => sum + o.SignalEnds);
            reasons.Add(Text($"{Those(refused.Count)} had {Counted.Of(ends.Total, "signal")}, none of which was filled ({Reasons(ends)})"));
        }
        if (cold.Count > 0)
            reasons.Add(
                $"{Those(cold.Count)} never had a value of every factor, as {Id(facts, cold[0])}, which saw only "
                    + $"{Counted.Of(cold[0].Bars, "bar")}. Use more bars or shorter periods");
        var who = alone ? "The strategy"
            : idle.Count == outcomes.Count ? Text($"All {outcomes.Count:N0} strategies")
            : Text($"{idle.Count:N0} of {outcomes.Count:N0} strategies");
        yield return new RunNote(NoteCode.NoTrades, $"{who} opened no trade: {string.Join("; ", reasons)}.", idle.Count);
    }

    private static IEnumerable<RunNote> Refused(BatchFacts facts)
    {
        var all = facts.Outcomes.Values.Aggregate(new SignalEnds(), (sum, o) => sum + o.SignalEnds);
        var signals = facts.Outcomes.Values.Sum(o => (long)o.Signals);
        foreach (var end in Ends)
            if (end.IsRefusal() && all[end] > 0)
                yield return new RunNote(NoteCode.EntriesRefused, Text($"{all[end]:N0} of {signals:N0} entry signals were refused")
                    + $"{end.Refusal()}{(end == SignalEnd.NoCash ? Asked(facts) : "")}.", all[end]);
    }

    // Returns the settings that require more than the account has.
    private static string Asked(BatchFacts facts)
    {
        if (facts.Plan.Spec.Execution.Settings.Leverage > 1) return "";
        var most = facts.Plan.Spec.Strategies.Where(s => s.Trading.Size.Kind == SizeKind.PercentOfEquity).Select(s => s.Trading.Size.Value)
            .DefaultIfEmpty().Max();
        return most > 100
            ? Text($": percentOfEquity {most} asks for {most / 100:0.##} times the equity. Use at most 100, or set execution.leverage")
            : most > 0 ? ". A size near 100 % of the equity is more than the cash where the next bar opens higher" : "";
    }

    private static IEnumerable<RunNote> EmptyPortfolio(BatchFacts facts)
    {
        // Without a trade of any strategy, the notes above give the reasons.
        if (facts.Outcomes.Values.All(o => o.Opened == 0)) yield break;
        if (facts.Members.All(w => w == 0))
            yield return new RunNote(NoteCode.NoTrades,
                Text($"The portfolio is empty: the rule '{facts.Plan.Spec.Portfolio.Rule ?? "given weights"}' gave none of ")
                    + Text($"{facts.Members.Count:N0} strategies a weight."));
        else if (facts.Portfolio.Idle is { } idle) yield return idle.ToNote();
    }

    // Refusals come first, and of these the missing stop, which is a fault of the batch.
    private static IEnumerable<SignalEnd> Ends =>
        Enum.GetValues<SignalEnd>().OrderByDescending(e => e.IsRefusal()).ThenByDescending(e => e == SignalEnd.NoStop);

    private static string Reasons(SignalEnds counts) =>
        string.Join(", ", Ends.Where(e => counts[e] > 0).Select(e => Text($"{counts[e]:N0} {e.Counted()}")));

    private static string Id(BatchFacts facts, StrategyOutcome outcome) => facts.Plan.Instances[outcome.Index].Id;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
