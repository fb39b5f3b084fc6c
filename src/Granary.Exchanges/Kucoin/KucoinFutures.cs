using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Brokers;
using Granary.Data.Funding;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Kucoin;

/// <summary>An account of USDT perpetual contracts at KuCoin. Order sizes are numbers of contracts; the adapter converts them to base
/// units.</summary>
internal sealed class KucoinFutures(ExchangeConnection connection, KucoinClient client) : KucoinVenue(Market, connection, client),
    IFundingHistory
{
    private const string Orders = "/api/v1/orders", Settlement = PerpetualContracts.Settlement;

    private readonly PerpetualContracts _contracts = new(Market.Name, Market.Title);

    private MarginTerms _margin = new(1, false);

    /// <summary>KuCoin's USDT perpetual contracts.</summary>
    public static ExchangeMarket Market { get; } = new("kucoin-futures", "KuCoin", "https://api-futures.kucoin.com",
        PerpetualContracts.Capabilities(deadManSwitch: false, ordersPerMinute: 2000), (2000, TimeSpan.FromSeconds(30)), c =>
            new KucoinFutures(c, new KucoinClient(c)))
    { HasPassphrase = true };

    protected override string Permission => "Futures";

    public override bool StopsHoldBalance => false;

    protected override async Task<IReadOnlyList<VenueInstrument>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await Client.GetAsync("/api/v1/contracts/active", cancellationToken, 3, isSigned: false).ConfigureAwait(false))
            .EnumerateArray().Where(c => KucoinFuturesParser.IsPerpetual(c, Settlement)).Select(KucoinFuturesParser.Instrument)];

    public override async Task PrepareAsync(VenueInstrument instrument, MarginTerms margin, CancellationToken cancellationToken)
    {
        _margin = margin;
        var (listed, wanted) = (instrument.Listed, margin.Mode.ToUpperInvariant());
        foreach (var position in (await PositionsAsync(cancellationToken).ConfigureAwait(false)).EnumerateArray())
            if (position.Text("positionSide") is "LONG" or "SHORT")
                throw _contracts.HedgeMode();
        var mode = (await Client.GetAsync($"/api/v2/position/getMarginMode?symbol={listed}", cancellationToken, 2).ConfigureAwait(false))
            .Text("marginMode");
        try
        {
            if (mode != wanted)
                await PostAsync("/api/v2/position/changeMarginMode", new JsonObject { ["symbol"] = listed, ["marginMode"] = wanted },
                    cancellationToken).ConfigureAwait(false);
            // With isolated margin, each order contains its leverage.
            if (margin.IsCross)
                await PostAsync("/api/v2/changeCrossUserLeverage", new JsonObject
                {
                    ["symbol"] = listed,
                    ["leverage"] = Plain(margin.Leverage),
                }, cancellationToken).ConfigureAwait(false);
        }
        catch (VenueRefusalException e)
        {
            throw _contracts.MarginRefused(listed, margin, e);
        }
    }

    private Task<JsonElement> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        Client.SendAsync(new RestRequest(HttpMethod.Post, path, body.ToJsonString(), Weight: 2), cancellationToken);

    private Task<JsonElement> PositionsAsync(CancellationToken cancellationToken) =>
        Client.GetAsync($"/api/v1/positions?currency={Settlement}", cancellationToken, 2);

    public override Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        if (order.Type.HasLimit() && order.TimeInForce == TimeInForce.FillOrKill)
            throw new VenueRefusalException("", "KuCoin's futures market has no fill-or-kill orders");
        var body = Body(order);
        body["size"] = (long)(order.Quantity / order.Instrument.Contract);
        body["leverage"] = _margin.Leverage;
        body["marginMode"] = _margin.Mode.ToUpperInvariant();
        body["reduceOnly"] = order.ReduceOnly;
        if (order.Type.HasStop())
        {
            body["stop"] = order.TriggersAbove ? "up" : "down";
            body["stopPriceType"] = "TP";
        }
        return PlaceAsync(Orders, body, order, cancellationToken);
    }

    public override async Task<VenueOrderState?> CancelAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var path = order.VenueId.Length > 0 ? $"{Orders}/{order.VenueId}"
            : $"{Orders}/client-order/{order.SentId}?symbol={order.Instrument.Listed}";
        await Client.SendAsync(new RestRequest(HttpMethod.Delete, path), cancellationToken).ConfigureAwait(false);
        return null;
    }

    public override async Task<VenueOrderState?> FindAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var path = order.VenueId.Length > 0 ? $"{Orders}/{order.VenueId}" : $"{Orders}/byClientOid?clientOid={order.SentId}";
        return await Client.FindAsync(path, IsMissing, cancellationToken,
            5).ConfigureAwait(false) is { ValueKind: JsonValueKind.Object } found
            ? KucoinFuturesParser.Order(found, Contract) : null;
    }

    public override async Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument,
        CancellationToken cancellationToken)
    {
        var active = await PagesAsync($"{Orders}?status=active&symbol={instrument.Listed}", cancellationToken).ConfigureAwait(false);
        var stops = await PagesAsync($"/api/v1/stopOrders?symbol={instrument.Listed}", cancellationToken).ConfigureAwait(false);
        return [.. active.Concat(stops).Select(o => KucoinFuturesParser.Order(o, Contract))];
    }

    private async Task<List<JsonElement>> PagesAsync(string path, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        for (var page = 1; ; page++)
        {
            var data = await Client.GetAsync(FormattableString.Invariant($"{path}&pageSize=100&currentPage={page}"), cancellationToken, 5)
                .ConfigureAwait(false);
            items.AddRange(data.GetProperty("items").EnumerateArray());
            if (page >= data.Whole("totalPage")) return items;
        }
    }

    public override async Task<IReadOnlyList<VenueFill>> FillsAsync(VenueOrder order, CancellationToken cancellationToken) =>
        [.. (await PagesAsync($"/api/v1/fills?orderId={order.VenueId}&symbol={order.Instrument.Listed}", cancellationToken)
            .ConfigureAwait(false)).Select(f => KucoinFuturesParser.Fill(f, Contract))];

    public override async Task<IReadOnlyList<VenueFill>> ForcedFillsAsync(VenueInstrument instrument, DateTimeOffset since,
        CancellationToken cancellationToken) =>
        [.. (await PagesAsync(FormattableString.Invariant($"/api/v1/fills?symbol={instrument.Listed}&tradeTypes=liquid,adl,settlement")
            + FormattableString.Invariant($"&startAt={since.ToUnixTimeMilliseconds()}"), cancellationToken).ConfigureAwait(false))
            .Select(f => KucoinFuturesParser.Fill(f, Contract))];

    public override async Task<IReadOnlyList<FundingPayment>> FundingAsync(VenueInstrument instrument, DateTimeOffset since,
        CancellationToken cancellationToken)
    {
        var payments = new List<FundingPayment>();
        for (var offset = ""; ;)
        {
            var data = await Client.GetAsync(FormattableString.Invariant($"/api/v1/funding-history?symbol={instrument.Listed}&maxCount=100")
                + FormattableString.Invariant($"&startAt={since.ToUnixTimeMilliseconds()}{offset}"), cancellationToken, 5)
                .ConfigureAwait(false);
            var page = data.GetProperty("dataList").EnumerateArray().Select(KucoinFuturesParser.Funding).ToList();
            payments.AddRange(page);
            if (page.Count == 0 || !data.Flag("hasMore")) return payments;
            offset = $"&offset={page[^1].Id}";
        }
    }

    public override async Task<VenueAccount> AccountAsync(CancellationToken cancellationToken)
    {
        var account = await Client.GetAsync($"/api/v1/account-overview?currency={Settlement}", cancellationToken, 5).ConfigureAwait(false);
        var positions = await PositionsAsync(cancellationToken).ConfigureAwait(false);
        return PerpetualContracts.Account(account.Decimal("accountEquity") - account.Decimal("unrealisedPNL"),
            positions.EnumerateArray().Select(p => (p.Text("symbol"), p.Decimal("currentQty") * Contract(p.Text("symbol")),
                Math.Sign(p.Decimal("currentQty")) * Math.Abs(p.Decimal("unrealisedCost")))));
    }

    public override async Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken) =>
        Listed(currency, quote) is { } listed
            ? (await Client.GetAsync($"/api/v1/ticker?symbol={listed}", cancellationToken, 2, isSigned: false).ConfigureAwait(false))
                .Decimal("price") : 0;

    public override int PageSize => 200;

    public override async Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from,
        DateTimeOffset to, CancellationToken cancellationToken)
    {
        var data = await Client.GetAsync(FormattableString.Invariant($"/api/v1/kline/query?symbol={instrument.Listed}")
            + FormattableString.Invariant($"&granularity={timeframe.Ticks / TimeSpan.TicksPerMinute}")
            + FormattableString.Invariant($"&from={from.ToUnixTimeMilliseconds()}&to={to.ToUnixTimeMilliseconds() - 1}"),
            cancellationToken, 3, isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(c => new Bar(Milliseconds((long)c[0].AsDecimal()).UtcTicks, c[1].AsDouble(),
            c[2].AsDouble(), c[3].AsDouble(), c[4].AsDouble(), (double)(c[5].AsDecimal() * instrument.Contract)))];
    }

    // A response has at most a hundred rates.
    public int FundingHours => 96;

    public async Task<IReadOnlyList<FundingRow>> FundingRatesAsync(VenueInstrument instrument, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        var data = await Client.GetAsync(FormattableString.Invariant($"/api/v1/contract/funding-rates?symbol={instrument.Listed}")
            + FormattableString.Invariant($"&from={from.ToUnixTimeMilliseconds()}&to={to.ToUnixTimeMilliseconds() - 1}"),
            cancellationToken, 5, isSigned: false).ConfigureAwait(false);
        // Without rates in the range, the data are null.
        return data.ValueKind != JsonValueKind.Array ? [] : [.. data.EnumerateArray().Select(KucoinFuturesParser.FundingRate)];
    }

    public override IAsyncEnumerable<VenueNews> ListenAsync(CancellationToken cancellationToken) => ListenAsync(
        ["/contractMarket/tradeOrders", "/contractMarket/advancedOrders"], m => KucoinFuturesParser.News(m, Contract), cancellationToken);

    public override IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments,
        CancellationToken cancellationToken) =>
        WatchAsync("/contractMarket/execution", instruments, m => KucoinFuturesParser.News(m, Contract), cancellationToken);
}
