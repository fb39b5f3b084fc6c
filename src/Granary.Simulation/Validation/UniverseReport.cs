using System.Globalization;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Notes;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>Describes the universe of a run: its section of the results, its notes, and what the evidence says of it.</summary>
internal static class UniverseReport
{
    // Of a drawing, and of the tables.
    private const int MostCounts = 600, MostChanges = 60, MostNamed = 20;

    /// <summary>Returns the section of the results; null if the batch has no universe, or the run no rows.</summary>
    /// <param name="rows">Open times of the run's first and last row, UTC ticks; negative without rows.</param>
    /// <param name="survivorship">Null if it was not computed.</param>
    public static UniverseResults? Of(BatchPlan plan, BatchUniverse? universe, (long First, long Last) rows,
        SurvivorshipResults? survivorship)
    {
        if (plan.Spec.Universe is not { } spec || universe is null || rows.First < 0) return null;
        var end = plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe.CloseOf(rows.Last);
        var changes = ChangesOf(universe, rows.First, end);
        var now = universe.Members.Values.Count(m => m.Contains(rows.First));
        List<UniverseCount> counts = [new UniverseCount(rows.First, now)];
        foreach (var change in changes)
            counts.Add(new UniverseCount(change.Time, now += change.Joined.Count - change.Left.Count));
        if (counts[^1].Time < end) counts.Add(new UniverseCount(end, now));
        return new UniverseResults
        {
            Rule = RuleOf(spec),
            OnLeave = EnumWords.Of(spec.OnLeave),
            Symbols = universe.Members.Count,
            Members = universe.Members.Values.Count(m => m.Meets(rows.First, end + 1)),
            AtEnd = universe.Members.Values.Count(m => m.Contains(end)),
            Counts = Thinned(counts),
            ChangeCount = changes.Count,
            Changes = [.. changes.AsEnumerable().Reverse().Take(MostChanges)],
            Lacking = universe.Lacking.Count > 0 ? universe.Lacking : null,
            Survivorship = survivorship,
        };
    }

    /// <summary>Returns what the evidence says of the universe; null for a batch of one symbol, which chooses none.</summary>
    public static ValidationCheck? FindingOf(BatchPlan plan, BatchUniverse? universe, SurvivorshipResults? survivorship)
    {
        var traded = plan.Instances.SelectMany(i => i.Symbols).Distinct(StringComparer.Ordinal).Count();
        if (plan.Spec.Universe is not { } spec || universe is null)
            return traded < 2 ? null
                : ValidationCheck.Missing($"{UniverseResults.Unknown}: {Counted.Of(traded, "symbol")} are traded without dates of membership, "
                    + "so that symbols which failed or were removed may be missing; give the batch a 'universe'") with
                { Word = UniverseResults.Unknown };
        var members = universe.Members.Values.Count(m => m.Spans.Count > 0);
        var sentence = $"{UniverseResults.PointInTime}: {Counted.Of(members, universe.Members.Count, "symbol")} were members at some time, by "
            + RuleOf(spec);
        if (universe.Lacking.Count > 0)
            sentence += string.Create(CultureInfo.InvariantCulture, $"; {universe.Lacking.Count:N0} members are missing in the source");
        if (survivorship is { } s)
            sentence += string.Create(CultureInfo.InvariantCulture,
                $"; with the {s.Symbols:N0} survivors alone, as if they always had been members, the portfolio would have returned ")
                + string.Create(CultureInfo.InvariantCulture, $"{100 * s.SurvivorReturn:N1} % instead of {100 * s.Return:N1} %");
        return new ValidationCheck(ValidationState.Passed, sentence,
            [("symbols", universe.Members.Count), ("members", members), ("lacking", universe.Lacking.Count),
                ("return", survivorship?.Return ?? double.NaN), ("survivorReturn", survivorship?.SurvivorReturn ?? double.NaN),
                ("sharpe", survivorship?.Sharpe ?? double.NaN), ("survivorSharpe", survivorship?.SurvivorSharpe ?? double.NaN)])
        { Word = UniverseResults.PointInTime };
    }

    /// <summary>Returns the notes on symbols that the file of members or the source does not have.</summary>
    public static IEnumerable<RunNote> NotesOf(BatchPlan plan, BatchUniverse? universe)
    {
        var traded = plan.Instances.SelectMany(i => i.Symbols).Distinct(StringComparer.Ordinal).Count();
        if (plan.Spec.Universe is null)
        {
            if (traded > 1 && !plan.Instances.All(RecordedRuns.IsRecorded))
                yield return new RunNote(NoteCode.Universe, $"The universe is unknown: {Counted.Of(traded, "symbol")} are traded without dates "
                    + "of membership. If they were chosen by what is known today, their results flatter; the section 'universe' says which "
                    + "symbols could be traded when.", traded);
            yield break;
        }
        if (universe is null) yield break;
        foreach (var note in NotesOf(universe)) yield return note;
    }

    /// <summary>Returns the notes on symbols that a file of members or the source does not have.</summary>
    public static IEnumerable<RunNote> NotesOf(BatchUniverse universe)
    {
        if (universe.Lacking is { Count: > 0 } lacking)
            yield return new RunNote(NoteCode.Universe, $"The source does not have {Counted.Of(lacking.Count, "member")} of the universe: "
                + $"{Named(lacking)}. Members without bars are often those that failed, and the results flatter without them.",
                lacking.Count);
        if (universe.Unnamed is { Count: > 0 } unnamed)
            yield return new RunNote(NoteCode.Universe, $"The file of members has no row of {Counted.Of(unnamed.Count, "symbol")} of the source, "
                + $"which are never members: {Named(unnamed)}.", unnamed.Count);
    }

    private static string Named(IReadOnlyList<string> symbols) => string.Join(", ", symbols.Take(MostNamed))
        + (symbols.Count > MostNamed ? $" and {symbols.Count - MostNamed} more" : "");

    private static string RuleOf(UniverseSpec spec) => spec.Rule is not { } rule ? "a file of members"
        : string.Create(CultureInfo.InvariantCulture, $"the {(rule.LowestFirst ? "lowest" : "highest")} {rule.Top:N0} by ")
            + $"{rule.Columns[0]} every {rule.Every}"
            + (spec.Keys.Where.Count > 0 ? $" where {string.Join(" and ", spec.Keys.Where)}" : "");

    // A symbol that leaves and joins at one time did neither.
    private static List<UniverseChange> ChangesOf(BatchUniverse universe, long first, long end)
    {
        var (joined, left) = (new SortedDictionary<long, List<string>>(), new SortedDictionary<long, List<string>>());
        foreach (var (symbol, membership) in universe.Members.OrderBy(m => m.Key, StringComparer.Ordinal))
            for (var i = 0; i < membership.Spans.Count; i++)
            {
                var (from, to) = membership.Spans[i];
                if (from > first && from <= end && (i == 0 || membership.Spans[i - 1].To < from)) Add(joined, from, symbol);
                if (to > first && to <= end && (i + 1 == membership.Spans.Count || membership.Spans[i + 1].From > to))
                    Add(left, to, symbol);
            }
        return [.. joined.Keys.Union(left.Keys).Order()
            .Select(t => new UniverseChange(t, joined.GetValueOrDefault(t) ?? [], left.GetValueOrDefault(t) ?? []))];

        static void Add(SortedDictionary<long, List<string>> at, long time, string symbol)
        {
            if (!at.TryGetValue(time, out var symbols)) at.Add(time, symbols = []);
            symbols.Add(symbol);
        }
    }

    private static List<UniverseCount> Thinned(List<UniverseCount> counts)
    {
        if (counts.Count <= MostCounts) return counts;
        return [.. Enumerable.Range(0, MostCounts).Select(i => counts[(int)((long)i * (counts.Count - 1) / (MostCounts - 1))])];
    }
}
