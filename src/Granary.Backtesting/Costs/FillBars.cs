using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Backtesting.Costs;

/// <summary>Finds the bars of fills in a source.</summary>
internal static class FillBars
{
    /// <summary>Gives each fill what its bars say. Fills outside of the bars or of their range are left out.</summary>
    /// <param name="data">The source; its symbols are the fills'.</param>
    /// <exception cref="InputException">The source cannot be read, or has no symbol of the fills.</exception>
    public static async Task AddAsync(FillSet set, DataSpec data, GranaryCatalogues catalogues,
        CancellationToken cancellationToken = default)
    {
        if (set.Fills.Count == 0) return;
        var source = BatchSources.Open(catalogues, data);
        var known = (await source.ListSymbolsAsync(data.Timeframe, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        List<MeasuredFill> all = [.. set.Fills];
        set.Fills.Clear();
        set.Timeframes.Add(data.Timeframe);
        foreach (var group in all.GroupBy(f => f.Symbol, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (known.Count > 0 && !known.Contains(group.Key))
            {
                set.Leave("of symbols without bars", group.Count());
                continue;
            }
            var bars = await ReadAsync(source, data, group.Key, cancellationToken);
            foreach (var fill in group) set.Add(fill, bars, data.Timeframe);
        }
    }

    private static async Task<IReadOnlyList<Bar>> ReadAsync(IBarSource source, DataSpec data, string symbol,
        CancellationToken cancellationToken)
    {
        try
        {
            await using var series = await source.OpenAsync(new BarQuery(symbol, data.Timeframe, data.From, data.To), cancellationToken);
            List<Bar> bars = [];
            await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken))
                for (var i = 0; i < block.Count; i++)
                    bars.Add(block[i]);
            return bars;
        }
        catch (BarDataException e)
        {
            throw new InputException(e.Message, e);
        }
    }
}
