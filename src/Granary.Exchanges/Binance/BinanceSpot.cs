using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Binance;

/// <summary>A spot account at Binance. The folder's README links the documentation.</summary>
internal sealed class BinanceSpot(ExchangeConnection connection, BinanceClient client) : ExchangeVenue(Market, connection, client)
{
    private const string OrderPath = "/api/v3/order";

    /// <summary>Binance's spot market.</summary>
    public static ExchangeMarket Market { get; } = new("binance", "Binance", "https://api.binance.com", new BrokerCapabilities
    {
        Short = false,
        Leverage = 1,
        OrderTypes = [OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit],
        ReduceOnly = false,
        DeadManSwitch = false,
        OrdersPerMinute = 600,
    }, (5000, TimeSpan.FromMinutes(1)), c => new BinanceSpot(c, new BinanceClient(c)))
    { Feed = new BinanceFeedProtocol() };

    private BinanceClient Client { get; } = client;

    public override int ClientIdLength => 36;

    public override bool StopsHoldBalance => true;

    public override async Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var key = await Client.GetAsync("/sapi/v1/account/apiRestrictions", cancellationToken, 1).ConfigureAwait(false);
            var names = key.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.True).Select(p => p.Name).ToList();
            return new KeyPermissions(names, key.Flag("enableSpotAndMarginTrading"),
                key.Flag("enableWithdrawals") || key.Flag("enableInternalTransfer") || key.Flag("permitsUniversalTransfer"));
        }
        catch (Exception e) when (e is VenueRefusalException or BrokerUnavailableException && !Endpoint.Host.Equals("api.binance.com",
            StringComparison.OrdinalIgnoreCase))
        {
            // The testnet does not have this endpoint.
            var account = await Client.GetAsync("/api/v3/account?omitZeroBalances=true", cancellationToken, 20).ConfigureAwait(false);
            return new KeyPermissions([], account.Flag("canTrade"), null);
        }
    }

    protected override async Task<IReadOnlyList<VenueInstrument>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await Client.GetAsync("/api/v3/exchangeInfo", cancellationToken, 20, isSigned: false).ConfigureAwait(false)).GetProperty(
            "symbols")
            .EnumerateArray().Select(BinanceSpotParser.Instrument)];

    public override async Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var type = order.Type switch
        {
            OrderType.Limit => "LIMIT",
            OrderType.Stop => "STOP_LOSS",
            OrderType.StopLimit => "STOP_LOSS_LIMIT",
            OrderType.Market or OrderType.TrailingStop or OrderType.MarketOnClose => "MARKET",
        };
        var body = $"symbol={order.Instrument.Listed}&side={(order.Side == Side.Buy ? "BUY" : "SELL")}&type={type}"
            + $"&quantity={Plain(order.Quantity)}&newClientOrderId={order.SentId}&newOrderRespType=ACK";
        if (order.Type.HasLimit())
            body += $"&price={Plain(order.LimitPrice)}&timeInForce=" + order.TimeInForce switch
            {
                TimeInForce.ImmediateOrCancel => "IOC",
                TimeInForce.FillOrKill => "FOK",
                TimeInForce.GoodTillCancelled or TimeInForce.Day or TimeInForce.GoodTillDate => "GTC",
            };
        if (order.Type.HasStop()) body += $"&stopPrice={Plain(order.StopPrice)}";
        try
        {
            var data = await Client.SendAsync(new RestRequest(HttpMethod.Post, OrderPath, body)
            {
                ContentType = "application/x-www-form-urlencoded",
                ValidUntil = order.ValidUntil,
            }, cancellationToken).ConfigureAwait(false);
            return data.Text("orderId");
        }
        catch (VenueRefusalException e) when (e.Message.Contains("Duplicate order sent", StringComparison.OrdinalIgnoreCase))
        {
            throw new BrokerUnavailableException($"binance: it has an order {order.SentId} already; its state is requested", e);
        }
    }

    public override async Task<VenueOrderState?> CancelAsync(VenueOrder order, CancellationToken cancellationToken) =>
        BinanceSpotParser.Order(await Client.SendAsync(new RestRequest(HttpMethod.Delete,
            $"{OrderPath}?symbol={order.Instrument.Listed}&{IdOf(order)}"), cancellationToken).ConfigureAwait(false)) with
        {
            ClientId = order.SentId,
        };

    private static string IdOf(VenueOrder order) =>
        order.VenueId.Length > 0 ? $"orderId={order.VenueId}" : $"origClientOrderId={order.SentId}";

    public override async Task<VenueOrderState?> FindAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var data = await Client.GetAsync($"{OrderPath}?symbol={order.Instrument.Listed}&{IdOf(order)}", cancellationToken,
                4).ConfigureAwait(false);
            return BinanceSpotParser.Order(data);
        }
        catch (VenueRefusalException e) when (e.Code == "-2013")
        {
            return null;
        }
    }

    public override async Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument,
        CancellationToken cancellationToken) =>
        [.. (await Client.GetAsync($"/api/v3/openOrders?symbol={instrument.Listed}", cancellationToken,
            6).ConfigureAwait(false)).EnumerateArray()
            .Select(BinanceSpotParser.Order)];

    public override async Task<IReadOnlyList<VenueFill>> FillsAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var fills = new List<VenueFill>();
        for (var from = ""; ;)
        {
            var data = await Client.GetAsync($"/api/v3/myTrades?symbol={order.Instrument.Listed}&orderId={order.VenueId}&limit=1000{from}",
                cancellationToken, 5).ConfigureAwait(false);
            fills.AddRange(data.EnumerateArray().Select(BinanceSpotParser.Trade));
            if (data.GetArrayLength() < 1000) return fills;
            from = FormattableString.Invariant($"&fromId={data[data.GetArrayLength() - 1].Whole("id") + 1}");
        }
    }

    public override async Task<VenueAccount> AccountAsync(CancellationToken cancellationToken)
    {
        var account = await Client.GetAsync("/api/v3/account?omitZeroBalances=true", cancellationToken, 20).ConfigureAwait(false);
        return new VenueAccount(account.GetProperty("balances").EnumerateArray().ToDictionary(b => b.Text("asset"),
            b => b.Decimal("free") + b.Decimal("locked"), StringComparer.Ordinal), null, 0);
    }

    public override async Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken)
    {
        try
        {
            return (await Client.GetAsync($"/api/v3/ticker/price?symbol={currency}{quote}", cancellationToken, 2, isSigned: false)
                .ConfigureAwait(false)).Decimal("price");
        }
        catch (VenueRefusalException e) when (e.Code == "-1121")
        {
            return 0;
        }
    }

    public override int PageSize => 1000;

    public override async Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        var interval = timeframe == Timeframe.Mo1 ? "1M" : timeframe.ToString();
        var data = await Client.GetAsync(FormattableString.Invariant(
            $"/api/v3/klines?symbol={instrument.Listed}&interval={interval}&limit=1000&startTime={from.ToUnixTimeMilliseconds()}")
            + FormattableString.Invariant($"&endTime={to.ToUnixTimeMilliseconds() - 1}"), cancellationToken, 2,
                isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(c => new Bar(Milliseconds((long)c[0].AsDecimal()).UtcTicks, c[1].AsDouble(),
            c[2].AsDouble(),
            c[3].AsDouble(), c[4].AsDouble(), c[5].AsDouble()))];
    }

    public override async IAsyncEnumerable<VenueNews> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var time = Client.Clock.Milliseconds;
        var signed = FormattableString.Invariant($"apiKey={Client.Credentials.Key}&timestamp={time}");
        var hello = JsonSerializer.Serialize(new
        {
            id = "1",
            method = "userDataStream.subscribe.signature",
            @params = new { apiKey = Client.Credentials.Key, timestamp = time, signature = Client.Hash(signed) },
        });
        var plan = new SocketPlan(Address("ws-api", "/ws-api/v3"), [hello], IsWelcomed: false, TimeSpan.FromSeconds(15),
            () => """{"id":"2","method":"ping"}""");
        await foreach (var bytes in Client.ReadSocketAsync(plan, cancellationToken).ConfigureAwait(false))
        {
            var message = JsonElement.Parse(bytes.Span);
            if (message.TryGetProperty("error", out var error)) throw new VenueRefusalException(error.Text("code"), error.Text("msg"));
            if (message.Text("id") == "1") yield return new VenueNews { Connected = true };
            else if (message.TryGetProperty("event", out var e) && BinanceSpotParser.Report(e) is { } news) yield return news;
        }
    }

    public override async IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var streams = string.Join('/', instruments.Select(i => $"{i.Listed.ToLowerInvariant()}@trade"));
        var address = new UriBuilder(Address("stream", "/stream")) { Query = $"streams={streams}" }.Uri;
        var plan = new SocketPlan(address, [], IsWelcomed: false, TimeSpan.FromSeconds(15),
            () => """{"id":1,"method":"LIST_SUBSCRIPTIONS"}""");
        await foreach (var bytes in Client.ReadSocketAsync(plan, cancellationToken).ConfigureAwait(false))
            if (BinanceSpotParser.Price(JsonElement.Parse(bytes.Span)) is { } news) yield return news;
    }

    // Binance's websockets have their own hosts; a custom endpoint serves websockets on the same host.
    private Uri Address(string host, string path) => Endpoint.Host switch
    {
        "api.binance.com" => new Uri(host == "stream" ? $"wss://stream.binance.com:9443{path}" : $"wss://ws-api.binance.com:443{path}"),
        "testnet.binance.vision" => new Uri($"wss://{host}.testnet.binance.vision{path}"),
        _ => SocketAddress(path),
    };
}
