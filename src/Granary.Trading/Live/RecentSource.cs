using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>
/// Adds a start to queries of a source that requires one, such as an exchange: by default the start of a batch's warm-up.
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
