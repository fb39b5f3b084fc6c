using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.LookAhead;

/// <summary>The markets of a batch up to a share of the bars that a strategy trades.</summary>
internal sealed class PartialBars(IReadOnlyDictionary<string, OpenedMarket> markets)
{
    private readonly Dictionary<(string Symbol, long From), long[]> _times = [];

    /// <summary>Returns the time before which the share of the bars of a strategy's first symbol opens, UTC ticks.</summary>
    /// <param name="share">More than 0, less than 1.</param>
    public async Task<long> EndOfAsync(StrategyInstance instance, double share, CancellationToken cancellationToken)
    {
        var key = (instance.Symbols[0], instance.Trading.TradeFrom);
        if (!_times.TryGetValue(key, out var times))
        {
            var all = new List<long>();
            await foreach (var block in markets[key.Item1].Series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken))
                foreach (var time in block.Time)
                    if (time >= key.TradeFrom)
                        all.Add(time);
            _times[key] = times = [.. all];
        }
        var bars = (int)Math.Ceiling(share * times.Length);
        return bars < times.Length ? times[bars] : long.MaxValue;
    }

    /// <summary>Returns the markets with the bars that open before a time.</summary>
    /// <param name="end">UTC ticks.</param>
    public IReadOnlyDictionary<string, OpenedMarket> Before(long end) => markets.ToDictionary(m => m.Key,
        m => m.Value with { Series = new SeriesBefore(m.Value.Series, end), HasEnded = false }, StringComparer.Ordinal);
}
