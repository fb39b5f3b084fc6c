using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>Combines several sources: each symbol comes from the part that names it, at that part's timeframe.</summary>
/// <param name="timeframe">The shortest timeframe of the parts; the batch uses it in its queries.</param>
/// <param name="parts">Sources with their parts of the data section.</param>
internal sealed class JoinedSource(Timeframe timeframe, IReadOnlyList<(IBarSource Source, DataSpec Data)> parts) : IBarSource
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe wanted, CancellationToken cancellationToken = default)
    {
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (source, data) in parts)
            symbols.UnionWith(await BatchSources.SymbolsAsync(source, data, cancellationToken));
        return [.. symbols];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> PassedOver => [.. parts.SelectMany(p => p.Source.PassedOver)];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var (source, own) = await OfAsync(query, cancellationToken);
        return await source.ListColumnsAsync(own, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var (source, own) = await OfAsync(query, cancellationToken);
        return await source.OpenAsync(own, cancellationToken);
    }

    private async ValueTask<(IBarSource Source, BarQuery Query)> OfAsync(BarQuery query, CancellationToken cancellationToken)
    {
        foreach (var (source, data) in parts)
        {
            var symbols = await BatchSources.SymbolsAsync(source, data, cancellationToken);
            if (symbols.Contains(query.Symbol, StringComparer.Ordinal))
                return (source, query.Timeframe == timeframe ? query with { Timeframe = data.Timeframe } : query);
        }
        throw new BarDataException($"no part of the data has the symbol '{query.Symbol}'; add it to the part that has its bars");
    }
}
