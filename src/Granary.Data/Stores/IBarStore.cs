using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>Where bars are kept: a folder of files, PostgreSQL, QuestDB. What is put in twice is there once.</summary>
public interface IBarStore : IAsyncDisposable
{
    /// <summary>The place as a person knows it, without passwords.</summary>
    string Name { get; }

    /// <summary>Merges bars into a market by time: new ones are added, those with other values replaced.</summary>
    /// <returns>What that did; nothing is half done if it fails.</returns>
    /// <exception cref="BarDataException">The bars do not go with those that are there.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    Task<ImportResult> MergeAsync(BarsToStore bars, CancellationToken cancellationToken = default);

    /// <summary>What the store has, by symbol and timeframe.</summary>
    /// <exception cref="BarDataException">There is no such store.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    Task<IReadOnlyList<StoredMarket>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Repairs what can be repaired of a market without making up or changing a price.</summary>
    /// <returns>One sentence for each thing that was not as it should be; none where all was.</returns>
    /// <exception cref="BarDataException">
    /// The store has no such market, or keeps nothing beside the bars that could be repaired.
    /// </exception>
    /// <exception cref="BarStoreException">The disk or the server failed; what was there is as it was.</exception>
    Task<IReadOnlyList<string>> RepairAsync(string symbol, Timeframe timeframe, CancellationToken cancellationToken = default);

    /// <summary>The markets for reading.</summary>
    /// <param name="adjust">Scale prices by the adjusted close where the store has one.</param>
    IBarSource Source(bool adjust = true);
}
