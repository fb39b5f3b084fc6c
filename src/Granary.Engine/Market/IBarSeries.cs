namespace Granary.Engine.Market;

/// <summary>The closed bars of one market, opened for reading. Safe to read from several threads at once.</summary>
public interface IBarSeries : IAsyncDisposable
{
    /// <summary>The default number of bars in a block.</summary>
    const int DefaultBlockSize = 1024;

    /// <summary>Complete before the first block is returned, including its <see cref="Instrument.PriceDecimals"/>.</summary>
    Instrument Instrument { get; }

    Timeframe Timeframe { get; }

    /// <summary>The number of bars that <see cref="ReadAsync"/> returns.</summary>
    long Count { get; }

    /// <summary>Further columns that <see cref="ReadAsync"/> delivers: <see cref="BarQuery.Columns"/>, in that order.</summary>
    IReadOnlyList<string> Columns => [];

    /// <summary>
    /// SHA-256, lower-case hex, of the bars that <see cref="ReadAsync"/> returns. Equal bars have equal hashes, in any file or
    /// store. It covers the <see cref="Columns"/>; bars without them keep the hash of their prices and volume.
    /// </summary>
    string ContentHash { get; }

    /// <summary>
    /// Notes for the reader of the result, found while opening; one sentence each. Example: "12 rows without prices were skipped".
    /// </summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>
    /// All bars, oldest first, each once, with strictly increasing times. Gaps are not filled. Every call returns the same bars.
    /// </summary>
    /// <param name="blockSize">Bars in each block but the last: 1 to <see cref="BarBlock.MaxCount"/>.</param>
    /// <exception cref="BarDataException">The data have changed since the series was opened.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = DefaultBlockSize, CancellationToken cancellationToken = default);
}
