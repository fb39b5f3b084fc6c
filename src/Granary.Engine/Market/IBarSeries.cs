namespace Granary.Engine.Market;

/// <summary>The closed bars of one market, opened for reading. Safe to read from several threads at once.</summary>
public interface IBarSeries : IAsyncDisposable
{
    /// <summary>How many bars a block holds unless asked otherwise.</summary>
    const int DefaultBlockSize = 1024;

    /// <summary>Complete before the first block is handed out, its <see cref="Instrument.PriceDecimals"/> too.</summary>
    Instrument Instrument { get; }

    Timeframe Timeframe { get; }

    /// <summary>The number of bars that a reading gives.</summary>
    long Count { get; }

    /// <summary>
    /// SHA-256, lower-case hex, of the bars that a reading gives: equal bars have equal hashes, whatever file or store they lie in.
    /// </summary>
    string ContentHash { get; }

    /// <summary>
    /// What was noticed while opening that the reader of a result should know, as "12 rows without prices were skipped"; one sentence each.
    /// </summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>All bars, oldest first, each once, times strictly rising. Gaps stay gaps. Every call gives the same bars.</summary>
    /// <param name="blockSize">Bars in each block but the last: 1 to <see cref="BarBlock.MaxCount"/>.</param>
    /// <exception cref="BarDataException">What is read is no longer what was opened.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = DefaultBlockSize, CancellationToken cancellationToken = default);
}
