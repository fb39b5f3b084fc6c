using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>
/// A source that wants to know the first bar, as an exchange does: a past without one begins where a batch would begin to warm up.
/// </summary>
/// <param name="longest">The longest timeframe that a strategy trades.</param>
internal sealed class RecentSource(IBarSource source, Timeframe longest) : IBarSource
{
    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        source.ListSymbolsAsync(timeframe, cancellationToken);

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        source.OpenAsync(query is { From: null, To: { } to } ? query with { From = WarmUpSpan.Before(to, longest) } : query,
            cancellationToken);
}
