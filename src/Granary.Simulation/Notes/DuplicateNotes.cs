using System.Globalization;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Notes;

/// <summary>Notes strategies with identical results, and parameters that do not change any result.</summary>
internal static class DuplicateNotes
{
    public static IEnumerable<RunNote> Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes)
    {
        var identical = IdenticalResults.Of(plan, outcomes);
        if (identical.Groups.Count == 0) yield break;
        var sharing = identical.Groups.Sum(g => g.Count);
        var first = identical.Groups[0];
        yield return new RunNote(NoteCode.Duplicates, string.Create(CultureInfo.InvariantCulture,
            $"{sharing:#,0} of {plan.Instances.Count:#,0} strategies have the same signals, trades and equity as another one, ")
            + string.Create(CultureInfo.InvariantCulture,
                $"in {identical.Groups.Count:#,0} {(identical.Groups.Count == 1 ? "group" : "groups")}. ")
            + "Each group is weighted once and counts as one trial. "
            + $"The first: {plan.Instances[first[0]].Id} and {plan.Instances[first[1]].Id}.",
            sharing);
        foreach (var note in WithoutEffect(plan, outcomes, identical)) yield return note;
    }

    // A parameter has no effect if strategies that differ only in it always have identical results.
    private static IEnumerable<RunNote> WithoutEffect(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IdenticalResults identical)
    {
        var grouped = identical.Groups.SelectMany(g => g).ToHashSet();
        var active = plan.Instances.Where(i => outcomes.GetValueOrDefault(i.Index) is { Statistics: not null, Signals: > 0 });
        foreach (var entry in active.GroupBy(i => (i.Definition.Name, i.Trading)))
        {
            var members = entry.ToList();
            // Quick test: if a parameter has no effect, most members repeat another one or have no sibling with a signal.
            if (2 * members.Count(m => grouped.Contains(m.Index)) < members.Count) continue;
            for (var p = 0; p < members[0].Definition.Parameters.Count; p++)
            {
                var siblings = members.GroupBy(m => KeyWithout(m, p)).Where(g => g.Count() > 1).ToList();
                var same = siblings.TrueForAll(g => g.Select(m => identical.FirstOf(m.Index)).Distinct().Count() == 1);
                if (siblings.Count == 0 || !same) continue;
                yield return new RunNote(NoteCode.WithoutEffect, Sentence(members, p, entry.Key.Trading), siblings.Sum(g => g.Count()));
            }
        }
    }

    private static string KeyWithout(StrategyInstance instance, int parameter) => string.Join('|',
        instance.Arguments.Select((a, i) => i == parameter ? "" : Convert.ToString(a, CultureInfo.InvariantCulture))
            .Append(instance.Symbol).Append(instance.Timeframe.ToString()));

    private static string Sentence(List<StrategyInstance> members, int parameter, TradingSettings trading)
    {
        var values = members.Select(m => Convert.ToString(m.Arguments[parameter], CultureInfo.InvariantCulture))
            .Distinct(StringComparer.Ordinal).ToList();
        var name = members[0].Definition.Parameters[parameter].Name;
        var remedy = trading.ExitOnSignal
            ? "Leave all values but one out."
            : "The entry sets exitOnSignal to false, so the strategy's own exits do not count: "
                + "leave all values but one out, or let its exits count.";
        var shown = string.Join(", ", values.Take(8)) + (values.Count > 8 ? ", …" : "");
        return $"{members[0].Definition.Name}: the parameter {name} ({shown}) changes no result. {remedy}";
    }
}
