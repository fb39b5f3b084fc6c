using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>
/// Applies the batch's instrument settings to a source, so that all readers of its bars use the same sessions, lots and multipliers.
/// </summary>
/// <param name="declared">Settings by symbol; "*" for all others.</param>
internal sealed class DeclaredSource(IBarSource source, IReadOnlyDictionary<string, InstrumentKeys> declared) : IBarSource
{
    /// <summary>Wraps a source; returns the source itself if the batch has no instrument settings.</summary>
    public static IBarSource Of(IBarSource source, DataSpec data) =>
        data.Instruments.Count == 0 || source is DeclaredSource ? source : new DeclaredSource(source, data.Instruments);

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        source.ListSymbolsAsync(timeframe, cancellationToken);

    public IReadOnlyList<string> PassedOver => source.PassedOver;

    public ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        source.ListColumnsAsync(query, cancellationToken);

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var own = declared.GetValueOrDefault(query.Symbol) ?? declared.GetValueOrDefault("*");
        if (own is { Delisted: { } delisted })
            return await DelistedSeries.OpenAsync(source, query, own, delisted, cancellationToken);
        var series = await source.OpenAsync(query, cancellationToken);
        return own is null ? series : new InstrumentSeries(series, own.Apply);
    }
}
