using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Kucoin;

/// <summary>A spot account at KuCoin. The pages of its documentation are in the folder's README.</summary>
internal sealed class KucoinSpot(KucoinClient client, Uri endpoint, TimeProvider clock) : IVenue, ICandleHistory
{
    private const string Orders = "/api/v1/hf/orders", StopOrders = "/api/v1/stop-order";

    private readonly KucoinSockets _sockets = new("kucoin", client, clock);

    /// <summary>What KuCoin's spot market can trade.</summary>
    public static BrokerCapabilities Offered { get; } = new()
    {
        Short = false,
        Leverage = 1,
        OrderTypes = [OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit],
        ReduceOnly = false,
        DeadManSwitch = true,
        OrdersPerMinute = 2700,
    };

    public string Name => "kucoin";

    public Uri Endpoint => endpoint;

    public BrokerCapabilities Capabilities => Offered;

    public int ClientIdLength => 40;

    public bool StopsHoldBalance => true;

    public TimeSpan ClockSkew => client.Clock.Skew;

    public DateTimeOffset Now => client.Clock.Now;

    public Task MeasureClockAsync(CancellationToken cancellationToken) => client.MeasureClockAsync(cancellationToken);

    private Task<JsonElement> GetAsync(string path, int weight, CancellationToken cancellationToken, bool isSigned = true) =>
        client.SendAsync(new RestRequest(HttpMethod.Get, path, Weight: weight, IsSigned: isSigned), cancellationToken);

    public async Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken)
    {
        var key = await GetAsync("/api/v1/user/api-key", 20, cancellationToken).ConfigureAwait(false);
        var names = key.Text("permission").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // "Transfer" moves funds to other accounts too.
        return new KeyPermissions(names, names.Contains("Spot") || names.Contains("Trade"),
            names.Any(n => n is "Transfer" or "FlexTransfers" or "Withdrawal" or "Withdraw"));
    }

    public async Task<IReadOnlyList<VenueInstrument>> InstrumentsAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync("/api/v2/symbols", 4, cancellationToken, isSigned: false).ConfigureAwait(false)).EnumerateArray()
            .Select(KucoinSpotParser.Instrument)];

    public async Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["clientOid"] = order.ClientId,
            ["symbol"] = order.Instrument.Listed,
            ["side"] = order.Side == Side.Buy ? "buy" : "sell",
            ["type"] = order.Type.HasLimit() ? "limit" : "market",
            ["size"] = Plain(order.Quantity),
        };
        if (order.Type.HasLimit())
        {
            body["price"] = Plain(order.LimitPrice);
            body["timeInForce"] = order.TimeInForce switch
            {
                TimeInForce.ImmediateOrCancel => "IOC",
                TimeInForce.FillOrKill => "FOK",
                _ => "GTC",
            };
        }
        if (order.Type.HasStop())
        {
            body["stop"] = order.TriggersAbove ? "entry" : "loss";
            body["stopPrice"] = Plain(order.StopPrice);
        }
        else
        {
            // KuCoin refuses the order when it arrives later than this.
            body["clientTimestamp"] = client.Clock.Milliseconds;
            body["allowMaxTimeWindow"] = Math.Max(1, (long)(order.ValidUntil - Now).TotalMilliseconds);
        }
        try
        {
            var data = await client.SendAsync(new RestRequest(HttpMethod.Post, order.Type.HasStop() ? StopOrders : Orders,
                body.ToJsonString()), cancellationToken).ConfigureAwait(false);
            return data.Text("orderId");
        }
        catch (VenueRefusalException e) when (e.Message.Contains("time window", StringComparison.OrdinalIgnoreCase))
        {
            throw new BrokerUnavailableException($"kucoin: order {order.ClientId} came too late", e);
        }
        catch (VenueRefusalException e) when (e.Message.Contains("clientOid", StringComparison.OrdinalIgnoreCase)
            && e.Message.Contains("duplicate", StringComparison.OrdinalIgnoreCase))
        {
            throw new BrokerUnavailableException($"kucoin: it has an order {order.ClientId} already; its state is requested", e);
        }
    }

    public async Task<VenueOrderState?> CancelAsync(OrderKey order, CancellationToken cancellationToken)
    {
        var symbol = order.Instrument.Listed;
        if (order.IsStop)
        {
            try
            {
                await client.SendAsync(new RestRequest(HttpMethod.Delete,
                    $"{StopOrders}/cancelOrderByClientOid?symbol={symbol}&clientOid={order.ClientId}", Weight: 5), cancellationToken)
                    .ConfigureAwait(false);
                return new VenueOrderState(order.ClientId, order.VenueId, symbol, OrderState.Cancelled, 0, "cancelled by the session");
            }
            catch (VenueRefusalException e) when (IsMissing(e))
            {
                // It was triggered: the order that it became can still wait.
            }
        }
        await client.SendAsync(new RestRequest(HttpMethod.Delete, $"{Orders}/client-order/{order.ClientId}?symbol={symbol}"),
            cancellationToken).ConfigureAwait(false);
        return null;
    }

    public async Task<VenueOrderState?> FindAsync(OrderKey order, CancellationToken cancellationToken)
    {
        var symbol = order.Instrument.Listed;
        var found = await FindAsync($"{Orders}/client-order/{order.ClientId}?symbol={symbol}", 2, cancellationToken).ConfigureAwait(false);
        if (found is { } plain) return KucoinSpotParser.Order(plain);
        if (!order.IsStop) return null;
        found = await FindAsync($"{StopOrders}/queryOrderByClientOid?symbol={symbol}&clientOid={order.ClientId}", 3, cancellationToken)
            .ConfigureAwait(false);
        return found is { } waiting ? KucoinSpotParser.StopOrder(waiting) : null;
    }

    private async Task<JsonElement?> FindAsync(string path, int weight, CancellationToken cancellationToken)
    {
        try
        {
            var data = await GetAsync(path, weight, cancellationToken).ConfigureAwait(false);
            return data.ValueKind switch
            {
                JsonValueKind.Object => data,
                JsonValueKind.Array when data.GetArrayLength() > 0 => data[0],
                _ => null,
            };
        }
        catch (VenueRefusalException e) when (IsMissing(e))
        {
            return null;
        }
    }

    private static bool IsMissing(VenueRefusalException e) => e.Message.Contains("not exist", StringComparison.OrdinalIgnoreCase)
        || e.Message.Contains("not_exist", StringComparison.OrdinalIgnoreCase);

    public async Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument, CancellationToken cancellationToken)
    {
        var active = await GetAsync($"{Orders}/active?symbol={instrument.Listed}", 2, cancellationToken).ConfigureAwait(false);
        var stops = await GetAsync($"{StopOrders}?symbol={instrument.Listed}&pageSize=100", 8, cancellationToken).ConfigureAwait(false);
        return
        [
            .. active.ValueKind == JsonValueKind.Array ? active.EnumerateArray().Select(KucoinSpotParser.Order) : [],
            .. stops.GetProperty("items").EnumerateArray().Select(KucoinSpotParser.StopOrder),
        ];
    }

    public async Task<IReadOnlyList<VenueFill>> FillsAsync(OrderKey order, CancellationToken cancellationToken)
    {
        var fills = new List<VenueFill>();
        for (var last = 0L; ;)
        {
            var data = await GetAsync($"/api/v1/hf/fills?symbol={order.Instrument.Listed}&orderId={order.VenueId}&limit=100"
                + (last > 0 ? FormattableString.Invariant($"&lastId={last}") : ""), 2, cancellationToken).ConfigureAwait(false);
            var items = data.GetProperty("items").EnumerateArray().Select(KucoinSpotParser.Fill).ToList();
            var seen = fills.Select(f => f.ExecutionId).ToHashSet(StringComparer.Ordinal);
            fills.AddRange(items.Where(f => seen.Add(f.ExecutionId)));
            if (items.Count < 100 || data.Whole("lastId") is var next && (next == last || next == 0)) return fills;
            last = next;
        }
    }

    public async Task<VenueAccount> AccountAsync(CancellationToken cancellationToken)
    {
        var balances = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var account in (await GetAsync("/api/v1/accounts?type=trade", 5,
            cancellationToken).ConfigureAwait(false)).EnumerateArray())
            balances[account.Text("currency")] = balances.GetValueOrDefault(account.Text("currency")) + account.Decimal("balance");
        return new VenueAccount(balances, null, 0);
    }

    public async Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken)
    {
        var ticker = await GetAsync($"/api/v1/market/orderbook/level1?symbol={currency}-{quote}", 2, cancellationToken, isSigned: false)
            .ConfigureAwait(false);
        return ticker.ValueKind == JsonValueKind.Object ? ticker.Decimal("price") : 0;
    }

    public int PageSize => 1500;

    public async Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        var name = timeframe.ToString();
        var type = name[..^1] + name[^1] switch { 'm' => "min", 'h' => "hour", 'd' => "day", _ => "week" };
        var data = await GetAsync(FormattableString.Invariant($"/api/v1/market/candles?symbol={instrument.Listed}&type={type}")
            + FormattableString.Invariant($"&startAt={from.ToUnixTimeSeconds()}&endAt={to.ToUnixTimeSeconds()}"), 3, cancellationToken,
            isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(c => new Bar(DateTimeOffset.FromUnixTimeSeconds((long)c[0].AsDecimal()).UtcTicks,
            c[1].AsDouble(), c[3].AsDouble(), c[4].AsDouble(), c[2].AsDouble(), c[5].AsDouble()))];
    }

    public Task<IReadOnlyList<FundingPayment>> FundingAsync(VenueInstrument instrument, DateTimeOffset since,
        CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FundingPayment>>([]);

    public Task CancelAllAfterAsync(TimeSpan timeout, IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken) =>
        client.SendAsync(new RestRequest(HttpMethod.Post, $"{Orders}/dead-cancel-all", new JsonObject
        {
            ["timeout"] = timeout > TimeSpan.Zero ? Math.Max(5, (int)timeout.TotalSeconds) : -1,
            ["symbols"] = string.Join(',', instruments.Select(i => i.Listed)),
        }.ToJsonString(), Weight: 2), cancellationToken);

    public IAsyncEnumerable<VenueNews> ListenAsync(CancellationToken cancellationToken) =>
        _sockets.ReadAsync(["/spotMarket/tradeOrdersV2", "/spotMarket/advancedOrders"], isPrivate: true, KucoinSpotParser.News,
            cancellationToken);

    public IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments, CancellationToken cancellationToken) =>
        _sockets.ReadAsync([$"/market/ticker:{string.Join(',', instruments.Select(i => i.Listed))}"], isPrivate: false,
            KucoinSpotParser.News, cancellationToken);

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
