using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Gateio;

/// <summary>A spot account at Gate.io. The pages of its documentation are in the folder's README.</summary>
internal sealed class GateioSpot(GateioClient client, Uri endpoint, TimeProvider clock) : IVenue, ICandleHistory
{
    // A market order to buy is sized in quote currency at Gate.io. A limit order that must fill at once is sized in coins.
    private const decimal MostAboveMarket = 1.02m;

    private readonly GateioSockets _sockets = new("gateio", client, endpoint, "/ws/v4/", clock);

    /// <summary>What Gate.io's spot market can trade.</summary>
    public static BrokerCapabilities Offered { get; } = new()
    {
        Short = false,
        Leverage = 1,
        OrderTypes = [OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit],
        ReduceOnly = false,
        DeadManSwitch = true,
        OrdersPerMinute = 600,
    };

    public string Name => "gateio";

    public Uri Endpoint => endpoint;

    public BrokerCapabilities Capabilities => Offered;

    public int ClientIdLength => 28;

    // A triggered order takes its funds when it is triggered; what a target holds would be missing then.
    public bool StopsHoldBalance => true;

    public TimeSpan ClockSkew => client.Clock.Skew;

    public DateTimeOffset Now => client.Clock.Now;

    public Task MeasureClockAsync(CancellationToken cancellationToken) => client.MeasureClockAsync(cancellationToken);

    private Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken, bool isSigned = true) =>
        client.SendAsync(new RestRequest(HttpMethod.Get, path, IsSigned: isSigned), cancellationToken);

    public async Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken)
    {
        // The answer proves that the key reads; the interface does not tell what else it may do.
        _ = await GetAsync("/spot/accounts", cancellationToken).ConfigureAwait(false);
        return new KeyPermissions([], null, null);
    }

    public async Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync("/spot/currency_pairs", cancellationToken, isSigned: false).ConfigureAwait(false)).EnumerateArray()
            .Select(GateioSpotParser.Instrument)];

    public async Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        if (order.Type.HasStop()) return await PlaceStopAsync(order, cancellationToken).ConfigureAwait(false);
        var (price, force) = order.Type.HasLimit() ? (order.LimitPrice, Force(order.TimeInForce)) : (0, "ioc");
        if (price == 0 && order.Side == Side.Buy) price = await CapAsync(order.Instrument, cancellationToken).ConfigureAwait(false);
        var body = new JsonObject
        {
            ["text"] = GateioSpotParser.Custom + order.ClientId,
            ["currency_pair"] = order.Instrument.Listed,
            ["type"] = price > 0 ? "limit" : "market",
            ["account"] = "spot",
            ["side"] = order.Side == Side.Buy ? "buy" : "sell",
            ["amount"] = Plain(order.Quantity),
            ["time_in_force"] = force,
            ["action_mode"] = "ACK",
        };
        if (price > 0) body["price"] = Plain(price);
        var data = await client.SendAsync(new RestRequest(HttpMethod.Post, "/spot/orders", body.ToJsonString())
        {
            Headers = [("x-gate-exptime", order.ValidUntil.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))],
        }, cancellationToken).ConfigureAwait(false);
        return data.Text("id");
    }

    private static string Force(TimeInForce force) => force switch
    {
        TimeInForce.ImmediateOrCancel => "ioc",
        TimeInForce.FillOrKill => "fok",
        _ => "gtc",
    };

    private async Task<decimal> CapAsync(VenueInstrument instrument, CancellationToken cancellationToken)
    {
        var last = await PriceAsync(instrument.Base, instrument.Quote, cancellationToken).ConfigureAwait(false);
        if (last <= 0) throw new VenueRefusalException("NO_PRICE", $"{instrument.Listed} has no price now");
        return Math.Ceiling(last * MostAboveMarket / instrument.Tick) * instrument.Tick;
    }

    private async Task<string> PlaceStopAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var isLimit = order.Type.HasLimit();
        // Bought coins are sized by a limit, as at the market.
        var price = isLimit ? order.LimitPrice
            : order.Side == Side.Buy ? Math.Ceiling(order.StopPrice * MostAboveMarket / order.Instrument.Tick) * order.Instrument.Tick : 0;
        var body = new JsonObject
        {
            ["trigger"] = new JsonObject
            {
                ["price"] = Plain(order.StopPrice),
                ["rule"] = order.TriggersAbove ? ">=" : "<=",
                ["expiration"] = 30 * 86_400,
            },
            ["put"] = new JsonObject
            {
                ["type"] = price > 0 ? "limit" : "market",
                ["side"] = order.Side == Side.Buy ? "buy" : "sell",
                ["price"] = Plain(price),
                ["amount"] = Plain(order.Quantity),
                ["account"] = "normal",
                ["time_in_force"] = isLimit ? "gtc" : "ioc",
            },
            ["market"] = order.Instrument.Listed,
        };
        var data = await client.SendAsync(new RestRequest(HttpMethod.Post, "/spot/price_orders", body.ToJsonString()), cancellationToken)
            .ConfigureAwait(false);
        return GateioSpotParser.Triggered + data.Text("id");
    }

    public async Task<VenueOrderState?> CancelAsync(OrderKey order, CancellationToken cancellationToken)
    {
        if (order.VenueId.StartsWith(GateioSpotParser.Triggered))
        {
            var stop = await client.SendAsync(new RestRequest(HttpMethod.Delete, $"/spot/price_orders/{order.VenueId[1..]}"),
                cancellationToken).ConfigureAwait(false);
            return stop.Text("status") == "open" ? null : GateioSpotParser.PriceOrder(stop, order.ClientId);
        }
        var data = await client.SendAsync(new RestRequest(HttpMethod.Delete,
            $"/spot/orders/{IdOf(order)}?currency_pair={order.Instrument.Listed}"), cancellationToken).ConfigureAwait(false);
        return GateioSpotParser.Order(data) with { ClientId = order.ClientId };
    }

    private static string IdOf(OrderKey order) => order.VenueId.Length > 0 ? order.VenueId : GateioSpotParser.Custom + order.ClientId;

    public async Task<VenueOrderState?> FindAsync(OrderKey order, CancellationToken cancellationToken)
    {
        if (order.VenueId.StartsWith(GateioSpotParser.Triggered) || order is { IsStop: true, VenueId: "" })
            return await FindStopAsync(order, cancellationToken).ConfigureAwait(false);
        var found = await TryAsync($"/spot/orders/{IdOf(order)}?currency_pair={order.Instrument.Listed}", cancellationToken)
            .ConfigureAwait(false);
        if (found is { } known) return GateioSpotParser.Order(known) with { ClientId = order.ClientId };
        if (order.VenueId.Length > 0) return null;
        // An order's own text is forgotten a while after its end; the list of ended orders has it still.
        var (from, to) = (order.SentAt.ToUnixTimeSeconds() - 60, order.SentAt.ToUnixTimeSeconds() + 600);
        var ended = await GetAsync(FormattableString.Invariant(
            $"/spot/orders?currency_pair={order.Instrument.Listed}&status=finished&from={from}&to={to}&limit=100"), cancellationToken)
            .ConfigureAwait(false);
        return ended.EnumerateArray().Select(GateioSpotParser.Order).FirstOrDefault(o => o.ClientId == order.ClientId);
    }

    private async Task<JsonElement?> TryAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (VenueRefusalException e) when (e.Code is "ORDER_NOT_FOUND" or "AUTO_ORDER_NOT_FOUND")
        {
            return null;
        }
    }

    // A price-triggered order has no text of its own: without its id it is known by what it does.
    private async Task<VenueOrderState?> FindStopAsync(OrderKey order, CancellationToken cancellationToken)
    {
        JsonElement? found = null;
        if (order.VenueId.Length > 0)
        {
            found = await TryAsync($"/spot/price_orders/{order.VenueId[1..]}", cancellationToken).ConfigureAwait(false);
        }
        else
        {
            foreach (var status in (string[])["open", "finished"])
            {
                var list = await GetAsync($"/spot/price_orders?status={status}&market={order.Instrument.Listed}&limit=100",
                    cancellationToken)
                    .ConfigureAwait(false);
                found ??= list.EnumerateArray().Where(o => IsSame(o, order)).Cast<JsonElement?>().FirstOrDefault();
            }
        }
        if (found is not { } stop) return null;
        if (stop.Text("status") != "finish" || stop.Whole("fired_order_id") == 0) return GateioSpotParser.PriceOrder(stop, order.ClientId);
        var fired = await TryAsync($"/spot/orders/{stop.Text("fired_order_id")}?currency_pair={order.Instrument.Listed}", cancellationToken)
            .ConfigureAwait(false);
        return fired is { } child ? GateioSpotParser.Order(child) with { ClientId = order.ClientId } : null;
    }

    private static bool IsSame(JsonElement stop, OrderKey order)
    {
        var put = stop.GetProperty("put");
        return stop.GetProperty("trigger").Decimal("price") == order.StopPrice && put.Decimal("amount") == order.Quantity
            && put.Text("side") == (order.Side == Side.Buy ? "buy" : "sell") && stop.Whole("ctime") >= order.SentAt.ToUnixTimeSeconds() - 60
            && !order.IsTaken(GateioSpotParser.Triggered + stop.Text("id")) && !order.IsTaken(stop.Text("fired_order_id"));
    }

    public async Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument, CancellationToken cancellationToken)
    {
        var open = await GetAsync($"/spot/orders?currency_pair={instrument.Listed}&status=open&limit=100", cancellationToken)
            .ConfigureAwait(false);
        var stops = await GetAsync($"/spot/price_orders?status=open&market={instrument.Listed}&limit=100", cancellationToken)
            .ConfigureAwait(false);
        return
        [
            .. open.EnumerateArray().Select(GateioSpotParser.Order),
            .. stops.EnumerateArray().Select(s => GateioSpotParser.PriceOrder(s, "")),
        ];
    }

    public async Task<IReadOnlyList<VenueFill>> FillsAsync(OrderKey order, CancellationToken cancellationToken)
    {
        var fills = new List<VenueFill>();
        for (var page = 1; ; page++)
        {
            var data = await GetAsync(FormattableString.Invariant(
                $"/spot/my_trades?currency_pair={order.Instrument.Listed}&order_id={order.VenueId}")
                + FormattableString.Invariant($"&limit=1000&page={page}"), cancellationToken).ConfigureAwait(false);
            fills.AddRange(data.EnumerateArray().Select(GateioSpotParser.Fill));
            if (data.GetArrayLength() < 1000) return fills;
        }
    }

    public async Task<VenueAccount> AccountAsync(CancellationToken cancellationToken)
    {
        var balances = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var account in (await GetAsync("/spot/accounts", cancellationToken).ConfigureAwait(false)).EnumerateArray())
            balances[account.Text("currency")] = account.Decimal("available") + account.Decimal("locked");
        return new VenueAccount(balances, null, 0);
    }

    public async Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken)
    {
        // A point is worth one US dollar by definition.
        if (currency == "POINT") return 1;
        var ticker = await GetAsync($"/spot/tickers?currency_pair={currency}_{quote}", cancellationToken, isSigned: false)
            .ConfigureAwait(false);
        return ticker.GetArrayLength() > 0 ? ticker[0].Decimal("last") : 0;
    }

    public int PageSize => 999;

    public async Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        var interval = timeframe == Timeframe.W1 ? "7d" : timeframe.ToString();
        // Both ends are part of the answer.
        var data = await GetAsync(FormattableString.Invariant($"/spot/candlesticks?currency_pair={instrument.Listed}&interval={interval}")
            + FormattableString.Invariant($"&from={from.ToUnixTimeSeconds()}&to={to.ToUnixTimeSeconds() - 1}"), cancellationToken,
            isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(c => new Bar(DateTimeOffset.FromUnixTimeSeconds((long)c[0].AsDecimal()).UtcTicks,
            c[5].AsDouble(), c[3].AsDouble(), c[4].AsDouble(), c[2].AsDouble(), c[6].AsDouble()))];
    }

    public Task<IReadOnlyList<FundingPayment>> FundingAsync(VenueInstrument instrument, DateTimeOffset since,
        CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FundingPayment>>([]);

    public async Task CancelAllAfterAsync(TimeSpan timeout, IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken)
    {
        foreach (var instrument in instruments)
            await client.SendAsync(new RestRequest(HttpMethod.Post, "/spot/countdown_cancel_all", new JsonObject
            {
                ["timeout"] = timeout > TimeSpan.Zero ? Math.Max(5, (int)timeout.TotalSeconds) : 0,
                ["currency_pair"] = instrument.Listed,
            }.ToJsonString()), cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<VenueNews> ListenAsync(CancellationToken cancellationToken) => _sockets.ReadAsync(
        [("spot.orders", ["!all"]), ("spot.usertrades", ["!all"])], isPrivate: true, GateioSpotParser.News, cancellationToken);

    public IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken) =>
        _sockets.ReadAsync([("spot.tickers", [.. instruments.Select(i => i.Listed)])], isPrivate: false, GateioSpotParser.News,
            cancellationToken);

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
