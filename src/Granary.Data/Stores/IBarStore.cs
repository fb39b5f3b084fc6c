using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>Store of bars: a folder of files, PostgreSQL or QuestDB. A bar that is stored twice exists once.</summary>
public interface IBarStore : IAsyncDisposable
{
    /// <summary>The location for messages, without passwords.</summary>
    string Name { get; }

    /// <summary>Merges bars into a market by time: adds new bars, and replaces bars with other values.</summary>
    /// <returns>The changes. A failed merge changes nothing.</returns>
    /// <exception cref="BarDataException">The bars are not compatible with the stored ones.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    Task<ImportResult> MergeAsync(BarsToStore bars, CancellationToken cancellationToken = default);

    /// <summary>Lists the stored markets by symbol and timeframe.</summary>
    /// <exception cref="BarDataException">There is no such store.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    Task<IReadOnlyList<StoredMarket>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Repairs a market as far as possible without changing or inventing a price.</summary>
    /// <returns>One sentence for each fault; empty if there was none.</returns>
    /// <exception cref="BarDataException">
    /// The store does not have this market, or has no data beside the bars that could be repaired.
    /// </exception>
    /// <exception cref="BarStoreException">The disk or the server failed; stored data is unchanged.</exception>
    Task<IReadOnlyList<string>> RepairAsync(string symbol, Timeframe timeframe, CancellationToken cancellationToken = default);

    /// <summary>Returns a source that reads the store's markets.</summary>
    /// <param name="adjust">Scale prices by the adjusted close where the store has one.</param>
    IBarSource Source(bool adjust = true);
}
