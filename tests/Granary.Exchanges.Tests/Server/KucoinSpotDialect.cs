using System.Globalization;
using System.Text.Json.Nodes;

namespace Granary.Exchanges.Tests.Server;

/// <summary>KuCoin's spot market as www.kucoin.com/docs-new describes it.</summary>
internal sealed class KucoinSpotDialect(MarketTerms terms) : KucoinDialect(terms)
{
    private readonly MarketTerms _terms = terms;

    protected override string NameOf(string coin) => $"{coin}-{_terms.Quote}";

    public override bool IsOrder(ApiCall call) => call.Method == "POST" && call.Path is "/api/v1/hf/orders" or "/api/v1/stop-order";

    protected override string Permission => "Spot";

    protected override bool IsPublic(ApiCall call) =>
        call.Path is "/api/v2/symbols" or "/api/v1/market/candles" or "/api/v1/market/orderbook/level1";

    protected override JsonNode? Data(ApiCall call) => (call.Method, call.Path) switch
    {
        ("GET", "/api/v2/symbols") => new JsonArray([.. _terms.Coins.Select(coin => new JsonObject
        {
            ["symbol"] = NameOf(coin),
            ["baseCurrency"] = coin,
            ["quoteCurrency"] = _terms.Quote,
            ["feeCurrency"] = _terms.Quote,
            ["baseMinSize"] = Text(_terms.MinQuantity),
            ["baseMaxSize"] = "10000000000",
            ["baseIncrement"] = Text(_terms.Lot),
            ["quoteIncrement"] = "0.000001",
            ["priceIncrement"] = Text(_terms.Tick),
            ["minFunds"] = Text(_terms.MinNotional),
            ["enableTrading"] = true,
        })]),
        ("GET", "/api/v1/accounts") => new JsonArray([.. Market.Balances.Select(b => new JsonObject
        {
            ["currency"] = b.Key,
            ["type"] = "trade",
            ["balance"] = Text(b.Value),
            ["available"] = Text(b.Value - Market.Hold(b.Key)),
            ["holds"] = Text(Market.Hold(b.Key)),
        })]),
        ("GET", "/api/v1/market/orderbook/level1") => Level1(call["symbol"]),
        ("POST", "/api/v1/hf/orders" or "/api/v1/stop-order") => Place(JsonNode.Parse(call.Body)!.AsObject()),
        ("POST", "/api/v1/hf/orders/dead-cancel-all") => new JsonObject { ["currentTime"] = Now / 1000 },
        ("GET", "/api/v1/hf/orders/active") => new JsonArray([.. Market.Listed.Where(o => o.IsActive && !o.WaitsForStop
            && NameOf(o.Coin) == call["symbol"]).Select(Order)]),
        ("GET", "/api/v1/hf/fills") => new JsonObject
        {
            ["items"] = new JsonArray([.. Market.Fills.Where(f => f.Order.Id == call["orderId"]).Reverse().Select(Fill)]),
            ["lastId"] = 0,
        },
        ("GET", "/api/v1/stop-order") => new JsonObject
        {
            ["items"] = new JsonArray([.. Market.Listed.Where(o => o.IsActive && o.WaitsForStop && NameOf(o.Coin) == call["symbol"])
                .Select(StopOrder)]),
        },
        ("GET", "/api/v1/stop-order/queryOrderByClientOid") => new JsonArray([.. Market.Listed
            .Where(o => o.ClientId == call["clientOid"] && o.WaitsForStop && o.IsActive).Select(StopOrder)]),
        ("DELETE", "/api/v1/stop-order/cancelOrderByClientOid") =>
            Cancelled(Market.Cancel(o => o.ClientId == call["clientOid"] && o.WaitsForStop)),
        ("GET", "/api/v1/market/candles") => Candles(call),
        ("GET", _) when call.Path.StartsWith("/api/v1/hf/orders/client-order/", StringComparison.Ordinal) =>
            Market.Find(o => o.ClientId == Last(call) && !o.WaitsForStop && !(o.IsCancelled && o.Stop > 0 && !o.Triggered)) is { } found
                ? Order(found) : null,
        ("DELETE", _) when call.Path.StartsWith("/api/v1/hf/orders/client-order/", StringComparison.Ordinal) =>
            Cancelled(Market.Cancel(o => o.ClientId == Last(call) && !o.WaitsForStop)),
        _ => throw new SimulatedRefusal(Refusal.Invalid, $"Url Not Found {call.Path}"),
    };

    private static JsonObject Cancelled(SimulatedOrder order) => new() { ["clientOid"] = order.ClientId, ["cancelledOrderId"] = order.Id };

    private JsonObject? Level1(string symbol) => _terms.Coins.Any(c => NameOf(c) == symbol)
        ? new JsonObject { ["price"] = Text(Market.Price) }
        : symbol == $"{_terms.FeeCurrency}-{_terms.Quote}" ? new JsonObject { ["price"] = Text(_terms.FeeCurrencyPrice) } : null;

    private JsonObject Place(JsonObject body)
    {
        string Field(string name) => body[name]?.ToString() ?? "";
        if (body["allowMaxTimeWindow"] is { } window && (long)body["clientTimestamp"]! + (long)window < Now)
            throw new SimulatedRefusal(Refusal.Invalid, "the order was received after its time window");
        var stop = Field("stopPrice").Length > 0 ? decimal.Parse(Field("stopPrice"), CultureInfo.InvariantCulture) : 0;
        var order = Market.Place(new SimulatedOrder
        {
            Id = "",
            ClientId = Field("clientOid"),
            Coin = CoinOf(Field("symbol")),
            IsBuy = Field("side") == "buy",
            Limit = Field("type") == "limit" ? decimal.Parse(Field("price"), CultureInfo.InvariantCulture) : 0,
            Stop = stop,
            Above = Field("stop") == "entry",
            Size = decimal.Parse(Field("size"), CultureInfo.InvariantCulture),
            TimeInForce = Field("timeInForce") is { Length: > 0 } force ? force : "GTC",
            At = Time,
        });
        return new JsonObject { ["orderId"] = order.StopId.Length > 0 ? order.StopId : order.Id, ["clientOid"] = order.ClientId };
    }

    private JsonObject Order(SimulatedOrder o) => new()
    {
        ["id"] = o.Id,
        ["clientOid"] = o.ClientId,
        ["symbol"] = NameOf(o.Coin),
        ["type"] = o.Limit > 0 ? "limit" : "market",
        ["side"] = o.IsBuy ? "buy" : "sell",
        ["price"] = Text(o.Limit),
        ["size"] = Text(o.Size),
        ["dealSize"] = Text(o.Filled),
        ["dealFunds"] = Text(o.Funds),
        ["cancelExist"] = o.IsCancelled,
        ["active"] = o.IsActive,
        ["createdAt"] = o.At.ToUnixTimeMilliseconds(),
    };

    private JsonObject StopOrder(SimulatedOrder o) => new()
    {
        ["id"] = o.Id,
        ["clientOid"] = o.ClientId,
        ["symbol"] = NameOf(o.Coin),
        ["status"] = "NEW",
        ["side"] = o.IsBuy ? "buy" : "sell",
        ["size"] = Text(o.Size),
        ["stop"] = o.Above ? "entry" : "loss",
        ["stopPrice"] = Text(o.Stop),
    };

    private JsonObject Fill(SimulatedFill f) => new()
    {
        ["id"] = f.Id,
        ["orderId"] = f.Order.Id,
        ["tradeId"] = f.Id,
        ["symbol"] = NameOf(f.Order.Coin),
        ["side"] = f.Order.IsBuy ? "buy" : "sell",
        ["price"] = Text(f.Price),
        ["size"] = Text(f.Size),
        ["fee"] = Text(f.Fee),
        ["feeCurrency"] = f.FeeCurrency,
        ["createdAt"] = f.At.ToUnixTimeMilliseconds(),
    };

    private JsonArray Candles(ApiCall call)
    {
        // Newest first, at most 1,500; the end is not part of the answer.
        var (from, to) = (long.Parse(call["startAt"], CultureInfo.InvariantCulture),
            long.Parse(call["endAt"], CultureInfo.InvariantCulture));
        var candles = new JsonArray();
        for (var t = (to - 1) / 60 * 60; t >= from && candles.Count < 1500; t -= 60)
        {
            var c = Market.Candle(t);
            candles.Add(new JsonArray($"{t}", Text(c.Open), Text(c.Close), Text(c.High), Text(c.Low), Text(c.Volume), "1"));
        }
        return candles;
    }

    public override void OnOrder(SimulatedOrder order, string what)
    {
        if (order.WaitsForStop && what == "canceled")
        {
            Advanced(order, "cancel");
            return;
        }
        if (order.WaitsForStop) return;
        if (what == "triggered") Advanced(order, "triggered");
        Server.Publish("/spotMarket/tradeOrdersV2", new JsonObject
        {
            ["topic"] = "/spotMarket/tradeOrdersV2",
            ["type"] = "message",
            ["subject"] = "orderChange",
            ["channelType"] = "private",
            ["data"] = new JsonObject
            {
                ["clientOid"] = order.ClientId,
                ["orderId"] = order.Id,
                ["symbol"] = NameOf(order.Coin),
                ["side"] = order.IsBuy ? "buy" : "sell",
                ["type"] = what == "triggered" ? "received" : what,
                ["status"] = what is "filled" or "canceled" ? "done" : what == "match" ? "match" : "new",
                ["filledSize"] = Text(order.Filled),
                ["ts"] = Now * 1_000_000,
            },
        }.ToJsonString(), isPrivate: true);
    }

    private void Advanced(SimulatedOrder order, string type) => Server.Publish("/spotMarket/advancedOrders", new JsonObject
    {
        ["topic"] = "/spotMarket/advancedOrders",
        ["type"] = "message",
        ["data"] = new JsonObject
        {
            ["orderId"] = order.StopId.Length > 0 ? order.StopId : order.Id,
            ["symbol"] = NameOf(order.Coin),
            ["type"] = type
        },
    }.ToJsonString(), isPrivate: true);

    public override void OnFill(SimulatedFill fill)
    {
    }

    public override void OnPrice(decimal price)
    {
        foreach (var topic in _terms.Coins.Select(c => $"/market/ticker:{NameOf(c)}"))
            Server.Publish(topic, new JsonObject
            {
                ["topic"] = topic,
                ["type"] = "message",
                ["subject"] = "trade.ticker",
                ["data"] = new JsonObject { ["price"] = Text(price), ["time"] = Now },
            }.ToJsonString(), isPrivate: false);
    }
}
