namespace Granary.Engine.Market;

/// <summary>Source of bars: files, a store or a database. Each market is opened separately and can be read any number of times.</summary>
public interface IBarSource
{
    /// <summary>The symbols that have bars of this timeframe, in ordinal order.</summary>
    /// <exception cref="BarDataException">The source does not exist or cannot be read.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default);

    /// <summary>Entries that the last listing skipped because they contain no bars; one sentence each.</summary>
    IReadOnlyList<string> PassedOver => [];

    /// <summary>
    /// The further columns of numbers that a market has, by the names of its source and in their order; empty if the source has none.
    /// </summary>
    /// <exception cref="BarDataException">The source does not have the symbol, or its data are not valid bars.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default) => new([]);

    /// <summary>Opens one market. All faults of its bars are reported here or while they are read, never later.</summary>
    /// <exception cref="BarDataException">
    /// The source does not have the symbol or one of <see cref="BarQuery.Columns"/>, or its data are not valid bars; one sentence that can
    /// be shown as it is.
    /// </exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default);
}
