using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>The members of a batch's universe over time.</summary>
/// <param name="Members">By symbol; a symbol that is never a member has no span.</param>
internal sealed record BatchUniverse(IReadOnlyDictionary<string, Membership> Members)
{
    /// <summary>Symbols that the file of members names within the batch's range, and the source does not have.</summary>
    public IReadOnlyList<string> Lacking { get; private init; } = [];

    /// <summary>Symbols of the source that the file of members does not name.</summary>
    public IReadOnlyList<string> Unnamed { get; private init; } = [];

    /// <summary>Returns the members of a file.</summary>
    /// <param name="listed">All symbols of the source.</param>
    public static BatchUniverse OfFile(UniverseSpec spec, DataSpec data, IEnumerable<string> symbols, IEnumerable<string> listed)
    {
        var known = symbols.Concat(listed).ToHashSet(StringComparer.Ordinal);
        return new BatchUniverse(symbols.ToDictionary(s => s, spec.MembershipOf, StringComparer.Ordinal))
        {
            Lacking = [.. spec.Members!.Keys.Where(s => data.IsAmong(s) && !known.Contains(s)).Order(StringComparer.Ordinal)],
            Unnamed = [.. known.Where(s => !spec.Members.ContainsKey(s)).Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>Returns a universe whose members a session adds as time goes on.</summary>
    public static BatchUniverse Empty(UniverseSpec spec, IEnumerable<string> symbols) =>
        new(symbols.ToDictionary(s => s, s => new Membership(spec.OnLeave, []), StringComparer.Ordinal));

    /// <summary>Ranks the symbols by their bars, which are read once.</summary>
    /// <param name="open">Opens the bars of a symbol, with the warm-up bars; the caller disposes them if it opened them for this.</param>
    /// <param name="factors">The factors that the process knows.</param>
    public static async Task<BatchUniverse> RankAsync(UniverseSpec universe, FactorCatalogue factors, IReadOnlyList<string> symbols,
        Func<string, CancellationToken, ValueTask<(IBarSeries Series, bool IsOwn)>> open, int threads, CancellationToken cancellationToken)
    {
        var ranks = new UniverseRanks(universe.Rule!.Top);
        var last = long.MinValue;
        var order = symbols.Order(StringComparer.Ordinal).ToList();
        await Parallel.ForEachAsync(Enumerable.Range(0, order.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var (series, isOwn) = await open(order[i], token);
                try
                {
                    var (ends, close) = await EndsOfAsync(universe.Rule, factors, series, token);
                    lock (ranks)
                    {
                        foreach (var (end, score) in ends) ranks.Add(end, score, i);
                        last = Math.Max(last, close);
                    }
                }
                finally
                {
                    if (isOwn) await series.DisposeAsync();
                }
            });
        var members = new BatchUniverse(order.ToDictionary(s => s, _ => new Membership(universe.OnLeave, []), StringComparer.Ordinal));
        var before = new HashSet<int>();
        foreach (var (end, chosen) in ranks.Until(last))
        {
            var now = chosen.ToHashSet();
            foreach (var i in before.Except(now)) members.Members[order[i]].Change(end, isMember: false);
            foreach (var i in now.Except(before)) members.Members[order[i]].Change(end, isMember: true);
            before = now;
        }
        return members;
    }

    // The values of a symbol at the ends of periods, and the close of its last bar.
    private static async Task<(List<(long End, double Score)> Ends, long Close)> EndsOfAsync(UniverseRule rule, FactorCatalogue factors,
        IBarSeries series, CancellationToken cancellationToken)
    {
        var ends = new List<(long, double)>();
        var rank = new SymbolRank(rule, new MarketSeries(series.Instrument, series.Timeframe), factors);
        var close = long.MinValue;
        await foreach (var block in series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken))
        {
            rank.Next(block, (end, score) => ends.Add((end, score)));
            close = series.Timeframe.CloseOf(block.Time[^1]);
        }
        if (rank.Period >= 0) ends.Add((rank.Period, rank.Score));
        return (ends, close);
    }
}
