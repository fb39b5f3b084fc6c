using Granary.Engine.Market;

namespace Granary.Exchanges.Trading;

/// <summary>Closed candles of an exchange's public REST interface.</summary>
internal interface ICandleHistory : IAsyncDisposable
{
    /// <summary>The exchange's name.</summary>
    string Name { get; }

    /// <summary>Candles that one request gives, at most.</summary>
    int PageSize { get; }

    /// <summary>How many of the latest candles the exchange has; 0 for all.</summary>
    int LatestCandles { get; }

    /// <summary>All instruments of the market.</summary>
    Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken);

    /// <summary>The candles of at most <see cref="PageSize"/> lengths, in any order; the last one can be unfinished.</summary>
    /// <param name="from">Open time of the first, UTC.</param>
    /// <param name="to">Open time of the first that is left out.</param>
    Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken);
}
