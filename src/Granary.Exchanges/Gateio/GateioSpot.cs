using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Gateio;

/// <summary>A spot account at Gate.io. The folder's README links the documentation.</summary>
internal sealed class GateioSpot(ExchangeConnection connection, GateioClient client) : GateioVenue(Market, connection, client,
    new GateioWords("/spot", "currency_pair", "market", "/orders?status=finished&", "fired_order_id", "ctime"))
{
    // Gate.io sizes a market buy in quote currency, but a limit order in base currency, so a marketable limit order is used.
    private const decimal MostAboveMarket = 1.02m;

    private readonly GateioSockets _sockets = new(client);

    /// <summary>Gate.io's spot market.</summary>
    public static ExchangeMarket Market { get; } = new("gateio", "Gate.io", "https://api.gateio.ws", new BrokerCapabilities
    {
        Short = false,
        Leverage = 1,
        OrderTypes = [OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit],
        ReduceOnly = false,
        DeadManSwitch = true,
        OrdersPerMinute = 600,
    }, (150, TimeSpan.FromSeconds(10)), c => new GateioSpot(c, new GateioClient(c)))
    { Feed = new GateioFeedProtocol() };

    // A triggered order reserves its balance when it triggers; a resting target would have reserved it already.
    public override bool StopsHoldBalance => true;

    public override async Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken)
    {
        // A response proves that the key can read; the API does not report its other permissions.
        _ = await GetAsync("/accounts", cancellationToken).ConfigureAwait(false);
        return new KeyPermissions([], null, null);
    }

    protected override async Task<IReadOnlyList<VenueInstrument>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync("/currency_pairs", cancellationToken, isSigned: false).ConfigureAwait(false)).EnumerateArray()
            .Select(GateioSpotParser.Instrument)];

    protected override VenueOrderState Order(JsonElement order) => GateioSpotParser.Order(order);

    protected override (Side Side, decimal Quantity) Triggers(JsonElement stop) => stop.GetProperty("put") is var put
        ? (put.Text("side") == "buy" ? Side.Buy : Side.Sell, put.Decimal("amount")) : default;

    protected override async Task<JsonObject> BodyAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var price = order.LimitPrice;
        if (price == 0 && order.Side == Side.Buy) price = await CapAsync(order.Instrument, cancellationToken).ConfigureAwait(false);
        var body = new JsonObject
        {
            ["currency_pair"] = order.Instrument.Listed,
            ["type"] = price > 0 ? "limit" : "market",
            ["account"] = "spot",
            ["side"] = order.Side == Side.Buy ? "buy" : "sell",
            ["amount"] = Plain(order.Quantity),
            ["time_in_force"] = Force(order),
            ["action_mode"] = "ACK",
        };
        if (price > 0) body["price"] = Plain(price);
        return body;
    }

    private async Task<decimal> CapAsync(VenueInstrument instrument, CancellationToken cancellationToken)
    {
        var last = await PriceAsync(instrument.Base, instrument.Quote, cancellationToken).ConfigureAwait(false);
        if (last <= 0) throw new VenueRefusalException("NO_PRICE", $"{instrument.Listed} has no price now");
        return AboveMarket(instrument, last);
    }

    private static decimal AboveMarket(VenueInstrument instrument, decimal price) =>
        Math.Ceiling(price * MostAboveMarket / instrument.Tick) * instrument.Tick;

    protected override JsonObject StopBody(VenueOrder order)
    {
        // A buy is sent as a limit order above the market, so that its size is in base currency.
        var price = order.Type.HasLimit() ? order.LimitPrice
            : order.Side == Side.Buy ? AboveMarket(order.Instrument, order.StopPrice) : 0;
        return new JsonObject
        {
            ["trigger"] = new JsonObject { ["rule"] = order.TriggersAbove ? ">=" : "<=" },
            ["put"] = new JsonObject
            {
                ["type"] = price > 0 ? "limit" : "market",
                ["side"] = order.Side == Side.Buy ? "buy" : "sell",
                ["price"] = Plain(price),
                ["amount"] = Plain(order.Quantity),
                ["account"] = "normal",
                ["time_in_force"] = order.Type.HasLimit() ? "gtc" : "ioc",
            },
            ["market"] = order.Instrument.Listed,
        };
    }

    public override async Task<IReadOnlyList<VenueFill>> FillsAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var fills = new List<VenueFill>();
        for (var page = 1; ; page++)
        {
            var data = await GetAsync(FormattableString.Invariant(
                $"/my_trades?currency_pair={order.Instrument.Listed}&order_id={order.VenueId}&limit=1000&page={page}"), cancellationToken)
                .ConfigureAwait(false);
            fills.AddRange(data.EnumerateArray().Select(GateioSpotParser.Fill));
            if (data.GetArrayLength() < 1000) return fills;
        }
    }

    public override async Task<VenueAccount> AccountAsync(CancellationToken cancellationToken)
    {
        var balances = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var account in (await GetAsync("/accounts", cancellationToken).ConfigureAwait(false)).EnumerateArray())
            balances[account.Text("currency")] = account.Decimal("available") + account.Decimal("locked");
        return new VenueAccount(balances, null, 0);
    }

    public override async Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken)
    {
        // A point is worth one US dollar by definition.
        if (currency == "POINT") return 1;
        var ticker = await GetAsync($"/tickers?currency_pair={currency}_{quote}", cancellationToken, isSigned: false).ConfigureAwait(false);
        return ticker.GetArrayLength() > 0 ? ticker[0].Decimal("last") : 0;
    }

    public override int PageSize => 999;

    public override async Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from,
        DateTimeOffset to, CancellationToken cancellationToken)
    {
        // The response includes both ends of the range.
        var data = await GetAsync(
            FormattableString.Invariant($"/candlesticks?currency_pair={instrument.Listed}&interval={GateioSpotParser.Interval(timeframe)}")
            + FormattableString.Invariant($"&from={from.ToUnixTimeSeconds()}&to={to.ToUnixTimeSeconds() - 1}"), cancellationToken,
            isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(c => new Bar(DateTimeOffset.FromUnixTimeSeconds((long)c[0].AsDecimal()).UtcTicks,
            c[5].AsDouble(), c[3].AsDouble(), c[4].AsDouble(), c[2].AsDouble(), c[6].AsDouble()))];
    }

    public override IAsyncEnumerable<VenueNews> ListenAsync(CancellationToken cancellationToken) => _sockets.ReadAsync(
        SocketAddress("/ws/v4/"), [("spot.orders", ["!all"]), ("spot.usertrades", ["!all"])], isPrivate: true, GateioSpotParser.News,
        cancellationToken);

    public override IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments,
        CancellationToken cancellationToken) => _sockets.ReadAsync(SocketAddress("/ws/v4/"),
            [("spot.tickers", [.. instruments.Select(i => i.Listed)])], isPrivate: false, GateioSpotParser.News, cancellationToken);
}
