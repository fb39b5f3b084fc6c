using Granary.Engine.Market;

namespace Granary.Trading.Live;

/// <summary>A source that a session can run without: while it is unreachable, it returns no bars.</summary>
internal sealed class OptionalSource(IBarSource source) : IBarSource
{
    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        source.ListSymbolsAsync(timeframe, cancellationToken);

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        try
        {
            return await source.OpenAsync(query, cancellationToken);
        }
        catch (BarStoreException e)
        {
            throw new BarDataException(e.Message, e);
        }
    }
}
