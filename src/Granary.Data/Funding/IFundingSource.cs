using Granary.Engine.Market;

namespace Granary.Data.Funding;

/// <summary>A source of bars that also has the funding of perpetual futures.</summary>
internal interface IFundingSource
{
    /// <summary>Returns the rows of a symbol, oldest first; none if it has no funding.</summary>
    /// <exception cref="BarDataException">The source does not exist, or what it keeps is damaged.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    ValueTask<IReadOnlyList<FundingRow>> ReadFundingAsync(string symbol, CancellationToken cancellationToken = default);
}

/// <summary>A store of bars that also keeps the funding of perpetual futures.</summary>
internal interface IFundingStore
{
    /// <summary>Adds rows of a symbol; a row replaces the row of the same time.</summary>
    /// <param name="rows">Oldest first.</param>
    /// <returns>The number of rows that are new or changed.</returns>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    ValueTask<int> MergeFundingAsync(string symbol, IReadOnlyList<FundingRow> rows, CancellationToken cancellationToken = default);
}
