using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Brokers;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Kucoin;

/// <summary>A spot account at KuCoin. The folder's README links the documentation.</summary>
internal sealed class KucoinSpot(ExchangeConnection connection, KucoinClient client) : KucoinVenue(Market, connection, client)
{
    private const string Orders = "/api/v1/hf/orders", StopOrders = "/api/v1/stop-order";

    /// <summary>KuCoin's spot market.</summary>
    public static ExchangeMarket Market { get; } = new("kucoin", "KuCoin", "https://api.kucoin.com", new BrokerCapabilities
    {
        Short = false,
        Leverage = 1,
        OrderTypes = [OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit],
        ReduceOnly = false,
        DeadManSwitch = true,
        OrdersPerMinute = 2700,
    }, (2000, TimeSpan.FromSeconds(30)), c => new KucoinSpot(c, new KucoinClient(c)))
    { HasPassphrase = true, Feed = new KucoinFeedProtocol() };

    protected override string Permission => "Spot";

    public override bool StopsHoldBalance => true;

    protected override async Task<IReadOnlyList<VenueInstrument>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await Client.GetAsync("/api/v2/symbols", cancellationToken, 4, isSigned: false).ConfigureAwait(false)).EnumerateArray()
            .Select(KucoinSpotParser.Instrument)];

    public override Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var body = Body(order);
        body["size"] = Plain(order.Quantity);
        if (order.Type.HasStop())
        {
            body["stop"] = order.TriggersAbove ? "entry" : "loss";
        }
        else
        {
            // KuCoin rejects the order if it arrives later than this.
            body["clientTimestamp"] = Now.ToUnixTimeMilliseconds();
            body["allowMaxTimeWindow"] = Math.Max(1, (long)(order.ValidUntil - Now).TotalMilliseconds);
        }
        return PlaceAsync(order.Type.HasStop() ? StopOrders : Orders, body, order, cancellationToken);
    }

    public override async Task<VenueOrderState?> CancelAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var symbol = order.Instrument.Listed;
        if (order.IsStop)
        {
            try
            {
                await Client.SendAsync(new RestRequest(HttpMethod.Delete,
                    $"{StopOrders}/cancelOrderByClientOid?symbol={symbol}&clientOid={order.SentId}", Weight: 5), cancellationToken)
                    .ConfigureAwait(false);
                return new VenueOrderState(order.SentId, order.VenueId, symbol, OrderState.Cancelled, 0, "cancelled by the session");
            }
            catch (VenueRefusalException e) when (IsMissing(e))
            {
                // The stop was triggered: the order that it became may still be open.
            }
        }
        await Client.SendAsync(new RestRequest(HttpMethod.Delete, $"{Orders}/client-order/{order.SentId}?symbol={symbol}"),
            cancellationToken).ConfigureAwait(false);
        return null;
    }

    public override async Task<VenueOrderState?> FindAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var symbol = order.Instrument.Listed;
        var found = await FirstAsync($"{Orders}/client-order/{order.SentId}?symbol={symbol}", 2, cancellationToken).ConfigureAwait(false);
        if (found is { } plain) return KucoinSpotParser.Order(plain);
        if (!order.IsStop) return null;
        found = await FirstAsync($"{StopOrders}/queryOrderByClientOid?symbol={symbol}&clientOid={order.SentId}", 3, cancellationToken)
            .ConfigureAwait(false);
        return found is { } waiting ? KucoinSpotParser.StopOrder(waiting) : null;
    }

    private async Task<JsonElement?> FirstAsync(string path, int weight, CancellationToken cancellationToken) =>
        await Client.FindAsync(path, IsMissing, cancellationToken, weight).ConfigureAwait(false) switch
        {
            { ValueKind: JsonValueKind.Object } order => order,
            { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() > 0 => list[0],
            _ => null,
        };

    public override async Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument,
        CancellationToken cancellationToken)
    {
        var active = await Client.GetAsync($"{Orders}/active?symbol={instrument.Listed}", cancellationToken, 2).ConfigureAwait(false);
        var stops = await Client.GetAsync($"{StopOrders}?symbol={instrument.Listed}&pageSize=100", cancellationToken, 8)
            .ConfigureAwait(false);
        return
        [
            .. active.ValueKind == JsonValueKind.Array ? active.EnumerateArray().Select(KucoinSpotParser.Order) : [],
            .. stops.GetProperty("items").EnumerateArray().Select(KucoinSpotParser.StopOrder),
        ];
    }

    public override async Task<IReadOnlyList<VenueFill>> FillsAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var fills = new List<VenueFill>();
        for (var last = 0L; ;)
        {
            var data = await Client.GetAsync($"/api/v1/hf/fills?symbol={order.Instrument.Listed}&orderId={order.VenueId}&limit=100"
                + (last > 0 ? FormattableString.Invariant($"&lastId={last}") : ""), cancellationToken, 2).ConfigureAwait(false);
            var items = data.GetProperty("items").EnumerateArray().Select(KucoinSpotParser.Fill).ToList();
            var seen = fills.Select(f => f.ExecutionId).ToHashSet(StringComparer.Ordinal);
            fills.AddRange(items.Where(f => seen.Add(f.ExecutionId)));
            if (items.Count < 100 || data.Whole("lastId") is var next && (next == last || next == 0)) return fills;
            last = next;
        }
    }

    public override async Task<VenueAccount> AccountAsync(CancellationToken cancellationToken)
    {
        var balances = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var account in (await Client.GetAsync("/api/v1/accounts?type=trade", cancellationToken, 5).ConfigureAwait(false))
            .EnumerateArray())
            balances[account.Text("currency")] = balances.GetValueOrDefault(account.Text("currency")) + account.Decimal("balance");
        return new VenueAccount(balances, null, 0);
    }

    public override async Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken)
    {
        var ticker = await Client.GetAsync($"/api/v1/market/orderbook/level1?symbol={currency}-{quote}", cancellationToken, 2,
            isSigned: false).ConfigureAwait(false);
        return ticker.ValueKind == JsonValueKind.Object ? ticker.Decimal("price") : 0;
    }

    public override int PageSize => 1500;

    public override async Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from,
        DateTimeOffset to, CancellationToken cancellationToken)
    {
        var name = timeframe.ToString();
        var type = timeframe == Timeframe.Mo1 ? "1month"
            : name[..^1] + name[^1] switch { 'm' => "min", 'h' => "hour", 'd' => "day", _ => "week" };
        var data = await Client.GetAsync(FormattableString.Invariant($"/api/v1/market/candles?symbol={instrument.Listed}&type={type}")
            + FormattableString.Invariant($"&startAt={from.ToUnixTimeSeconds()}&endAt={to.ToUnixTimeSeconds()}"), cancellationToken, 3,
            isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(c => new Bar(DateTimeOffset.FromUnixTimeSeconds((long)c[0].AsDecimal()).UtcTicks,
            c[1].AsDouble(), c[3].AsDouble(), c[4].AsDouble(), c[2].AsDouble(), c[5].AsDouble()))];
    }

    public override Task CancelAllAfterAsync(TimeSpan timeout, IReadOnlyList<VenueInstrument> instruments,
        CancellationToken cancellationToken) => Client.SendAsync(new RestRequest(HttpMethod.Post, $"{Orders}/dead-cancel-all",
            new JsonObject
            {
                ["timeout"] = timeout > TimeSpan.Zero ? Math.Max(5, (int)timeout.TotalSeconds) : -1,
                ["symbols"] = string.Join(',', instruments.Select(i => i.Listed)),
            }.ToJsonString(), Weight: 2), cancellationToken);

    public override IAsyncEnumerable<VenueNews> ListenAsync(CancellationToken cancellationToken) => ListenAsync(
        ["/spotMarket/tradeOrdersV2", "/spotMarket/advancedOrders"], KucoinSpotParser.News, cancellationToken);

    public override IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments,
        CancellationToken cancellationToken) => WatchAsync("/market/ticker", instruments, KucoinSpotParser.News, cancellationToken);
}
