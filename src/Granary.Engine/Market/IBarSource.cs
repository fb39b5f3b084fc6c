namespace Granary.Engine.Market;

/// <summary>Where bars come from: files, a store, a database. Markets are opened one by one and read as often as wanted.</summary>
public interface IBarSource
{
    /// <summary>The symbols that have bars of this timeframe, in ordinal order.</summary>
    /// <exception cref="BarDataException">The source itself is not there or not readable as one.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default);

    /// <summary>What the last listing passed over, since it holds no bars: one sentence each.</summary>
    IReadOnlyList<string> PassedOver => [];

    /// <summary>Opens one market. Everything that is wrong with its bars is found here or while they are read, never later.</summary>
    /// <exception cref="BarDataException">
    /// The source does not have the symbol, or what it has is not good bars; one sentence that can be shown as it is.
    /// </exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default);
}
