using Granary.Data.Funding;

namespace Granary.Exchanges.Trading;

/// <summary>Reads past funding rates from an exchange's public REST API.</summary>
internal interface IFundingHistory : IAsyncDisposable
{
    /// <summary>The market, such as <c>kucoin-futures</c>.</summary>
    string Name { get; }

    /// <summary>The longest range of one request, in hours: an exchange may charge funding every hour.</summary>
    int FundingHours { get; }

    /// <summary>Returns the instruments of the market.</summary>
    Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken);

    /// <summary>Returns the fundings of a range, in any order.</summary>
    /// <param name="from">UTC.</param>
    /// <param name="to">The exclusive end, UTC, at most <see cref="FundingHours"/> later.</param>
    Task<IReadOnlyList<FundingRow>> FundingRatesAsync(VenueInstrument instrument, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken);
}
