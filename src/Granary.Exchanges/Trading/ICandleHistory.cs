using Granary.Engine.Market;

namespace Granary.Exchanges.Trading;

/// <summary>Reads closed candles from an exchange's public REST API.</summary>
internal interface ICandleHistory : IAsyncDisposable
{
    /// <summary>The exchange's name.</summary>
    string Name { get; }

    /// <summary>The maximum number of candles per request.</summary>
    int PageSize { get; }

    /// <summary>The number of latest candles that the exchange offers; 0 for all.</summary>
    int LatestCandles { get; }

    /// <summary>Returns all instruments of the market.</summary>
    Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken);

    /// <summary>Returns candles of a range with at most <see cref="PageSize"/> candles, in any order; the last one may be open.</summary>
    /// <param name="from">Open time of the first candle, UTC.</param>
    /// <param name="to">The exclusive end, UTC.</param>
    Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken);
}
