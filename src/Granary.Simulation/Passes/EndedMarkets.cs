using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Finds markets whose bars end before the others'; the batch closes open positions in them.</summary>
internal static class EndedMarkets
{
    /// <summary>Marks ended markets: the other markets have bars on more than five days after their last bar.</summary>
    public static async Task<IReadOnlyDictionary<string, OpenedMarket>> MarkAsync(
        BatchSpec spec, IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken)
    {
        if (spec.Execution.Settings.AtEnd != AtEnd.Close || markets.Count < 2) return markets;
        var (days, last) = (new SortedSet<long>(), new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var (symbol, market) in markets)
            await foreach (var block in market.Series.ReadAsync(BarBlock.MaxCount, cancellationToken))
                foreach (var time in block.Time)
                {
                    var day = time / TimeSpan.TicksPerDay;
                    if (last.GetValueOrDefault(symbol, -1) == day) continue;
                    last[symbol] = day;
                    days.Add(day);
                }
        bool HasEnded(string symbol) => last.TryGetValue(symbol, out var day)
            && days.GetViewBetween(day + 1, long.MaxValue).Count > MarketActivity.MostDays;
        return markets.ToDictionary(m => m.Key, m => HasEnded(m.Key) ? m.Value with { HasEnded = true } : m.Value, StringComparer.Ordinal);
    }
}
