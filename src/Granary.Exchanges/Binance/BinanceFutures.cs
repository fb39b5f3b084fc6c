using System.Text.Json;
using Granary.Data.Funding;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Binance;

/// <summary>Past funding rates of Binance's USDⓈ-M perpetual futures. Accounts and candles of this market have no adapter.</summary>
internal sealed class BinanceFutures(ExchangeConnection connection) : IFundingHistory
{
    public const string Market = "binance-futures", Title = "Binance", Home = "https://fapi.binance.com";

    // The history allows 500 requests in five minutes.
    public static readonly (int Weight, TimeSpan Period) Budget = (500, TimeSpan.FromMinutes(5));

    private readonly BinanceClient _client = new(connection);

    public string Name => Market;

    public int FundingHours => 1000;

    public async Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken)
    {
        var root = await _client.GetAsync("/fapi/v1/exchangeInfo", cancellationToken, isSigned: false).ConfigureAwait(false);
        return [.. root.GetProperty("symbols").EnumerateArray().Where(s => s.Text("contractType") == "PERPETUAL")
            .Select(BinanceSpotParser.Instrument)];
    }

    public async Task<IReadOnlyList<FundingRow>> FundingRatesAsync(VenueInstrument instrument, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        var data = await _client.GetAsync(FormattableString.Invariant($"/fapi/v1/fundingRate?symbol={instrument.Listed}")
            + FormattableString.Invariant($"&startTime={from.ToUnixTimeMilliseconds()}&endTime={to.ToUnixTimeMilliseconds() - 1}")
            + FormattableString.Invariant($"&limit={FundingHours}"), cancellationToken, isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(Rate)];
    }

    /// <summary>Parses an entry of <c>GET /fapi/v1/fundingRate</c>. Its mark price is an empty text before October 2023.</summary>
    public static FundingRow Rate(JsonElement entry) => FundingRow.At(JsonFields.Milliseconds(entry.Whole("fundingTime")).UtcTicks,
        (double)entry.Decimal("fundingRate"), entry.Decimal("markPrice") is > 0 and var mark ? (double)mark : double.NaN);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
