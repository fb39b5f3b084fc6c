using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Simulation.LookAhead;

/// <summary>A time from which the future is perturbed, with the strategies to run again.</summary>
/// <param name="Strategies">Indices of these strategies.</param>
internal sealed record DecisionCut(long Time, IReadOnlySet<int> Strategies);

/// <summary>Chooses cuts directly after decisions of the strategies, where a dependence on the next bar shows.</summary>
internal static class DecisionCuts
{
    // Maximum number of candidates per strategy and kind. One hash orders them, so that strategies with common decisions share cuts.
    private const int Candidates = 64;

    /// <param name="representatives">Strategies that get their cuts even beyond <see cref="LookAheadEffort.MostCuts"/>.</param>
    /// <param name="known">Returns the finished bars of a strategy's feed.</param>
    public static IReadOnlyList<DecisionCut> Choose(IReadOnlyList<int> strategies, IReadOnlySet<int> representatives,
        MemoryEventLog events,
        Func<int, KnownBars> known, LookAheadEffort effort, ulong seed)
    {
        var needs = strategies.SelectMany(s => NeedsOf(s, events.ChunksOf(s), known(s), effort.Decisions, seed)).ToList();
        var chosen = new Dictionary<long, HashSet<int>>();
        while (true)
        {
            var open = needs.Where(n => n.Left > 0).ToList();
            var first = open.Where(n => representatives.Contains(n.Strategy)).ToList();
            if (first.Count > 0) open = first;
            else if (open.Count == 0 || chosen.Count >= effort.MostCuts) break;
            var counts = new Dictionary<long, int>();
            foreach (var time in open.SelectMany(n => n.Times)) counts[time] = counts.GetValueOrDefault(time) + 1;
            var best = counts.OrderByDescending(c => c.Value).ThenBy(c => Mix(c.Key, seed)).First().Key;
            var members = chosen[best] = [];
            foreach (var need in needs)
                if (need.Times.Remove(best))
                {
                    members.Add(need.Strategy);
                    need.Wanted--;
                }
        }
        return [.. chosen.OrderBy(c => c.Key).Select(c => new DecisionCut(c.Key, c.Value))];
    }

    // Candidate cuts after a strategy's entries, and the same number after its own exits.
    private static IEnumerable<CutDemand> NeedsOf(int strategy, IReadOnlyList<byte[]> chunks, KnownBars known, int decisions, ulong seed)
    {
        var (entries, exits) = (new HashSet<long>(), new HashSet<long>());
        foreach (var e in chunks.Events())
            if (e.Kind == RunEventKinds.Signal && known.CutAfter(e.Time) is { } after) entries.Add(after);
            else if (e.Kind == RunEventKinds.Trade && e.Trade.Reason == ExitReason.Signal) exits.Add(e.Time);
        foreach (var times in new[] { entries, exits })
            yield return new CutDemand(strategy, [.. times.OrderBy(t => Mix(t, seed)).Take(Candidates)]) { Wanted = decisions };
    }

    private static ulong Mix(long time, ulong seed)
    {
        var x = ((ulong)time ^ seed) * 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93;
        return x ^ (x >> 29);
    }

    private sealed class CutDemand(int strategy, HashSet<long> times)
    {
        public int Strategy => strategy;

        public HashSet<long> Times => times;

        public int Wanted { get; set; }

        public int Left => Math.Min(Wanted, times.Count);
    }
}
