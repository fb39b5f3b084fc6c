using System.Globalization;
using System.Text.Json.Nodes;

namespace Granary.Exchanges.Tests.Server;

/// <summary>KuCoin's futures market as www.kucoin.com/docs-new describes it: sizes are whole contracts, a triggered stop keeps its
/// id.</summary>
internal sealed class KucoinFuturesDialect(MarketTerms terms) : KucoinDialect(terms)
{
    private const int Page = 100;

    private readonly MarketTerms _terms = terms;

    // Bitcoin is XBT here.
    private string Coin => _terms.Base == "BTC" ? "XBT" : _terms.Base;

    private string Symbol => $"{Coin}{_terms.Quote}M";

    protected override string Permission => "Futures";

    public override bool IsOrder(ApiCall call) => call.Method == "POST" && call.Path == "/api/v1/orders";

    protected override bool IsPublic(ApiCall call) =>
        call.Path is "/api/v1/contracts/active" or "/api/v1/ticker" or "/api/v1/kline/query";

    protected override JsonNode? Data(ApiCall call) => (call.Method, call.Path) switch
    {
        ("GET", "/api/v1/contracts/active") => new JsonArray(Contract(), Expiring()),
        ("GET", "/api/v1/ticker") => new JsonObject { ["symbol"] = Symbol, ["price"] = Text(Market.Price) },
        ("GET", "/api/v1/kline/query") => Candles(call),
        ("GET", "/api/v1/account-overview") => Account(),
        ("GET", "/api/v1/positions") => new JsonArray(Market.Position == 0 && !Market.IsHedged ? [] : [Position()]),
        ("GET", "/api/v2/position/getMarginMode") => new JsonObject
        {
            ["symbol"] = Symbol,
            ["marginMode"] = Market.MarginMode.ToUpperInvariant(),
        },
        ("POST", "/api/v2/position/changeMarginMode") => ChangeMode(JsonNode.Parse(call.Body)!),
        ("POST", "/api/v2/changeCrossUserLeverage") => ChangeLeverage(JsonNode.Parse(call.Body)!),
        ("POST", "/api/v1/orders") => Place(JsonNode.Parse(call.Body)!.AsObject()),
        ("GET", "/api/v1/orders") => Pages(Market.Orders.Where(o => o.IsActive && !o.WaitsForStop).Select(Order), call),
        ("GET", "/api/v1/stopOrders") => Pages(Market.Orders.Where(o => o.IsActive && o.WaitsForStop).Select(Order), call),
        ("GET", "/api/v1/orders/byClientOid") => Order(Market.Find(o => o.ClientId == call["clientOid"]) ?? throw Missing()),
        ("GET", "/api/v1/fills") => Pages(Market.Fills.Where(f => IsWanted(f, call)).Reverse().Select(Fill), call),
        ("GET", "/api/v1/funding-history") => new JsonObject
        {
            ["dataList"] = new JsonArray([.. Market.Payments.Where(p => p.At.ToUnixTimeMilliseconds() >= long.Parse(call["startAt"],
                CultureInfo.InvariantCulture)).Reverse().Select(Payment)]),
            ["hasMore"] = false,
        },
        ("GET", _) when call.Path.StartsWith("/api/v1/orders/", StringComparison.Ordinal) =>
            Order(Market.Find(o => IdOf(o) == Last(call)) ?? throw Missing()),
        ("DELETE", _) when call.Path.StartsWith("/api/v1/orders/client-order/", StringComparison.Ordinal) =>
            new JsonObject { ["clientOid"] = Market.Cancel(o => o.ClientId == Last(call)).ClientId },
        ("DELETE", _) when call.Path.StartsWith("/api/v1/orders/", StringComparison.Ordinal) =>
            new JsonObject { ["cancelledOrderIds"] = new JsonArray(IdOf(Market.Cancel(o => IdOf(o) == Last(call)))) },
        _ => throw new SimulatedRefusal(Refusal.Invalid, $"Url Not Found {call.Path}"),
    };

    private static SimulatedRefusal Missing() => new(Refusal.Invalid, "error.getOrder.orderNotExist");

    private static string IdOf(SimulatedOrder order) => order.StopId.Length > 0 ? order.StopId : order.Id;

    private long Lots(decimal size) => (long)(size / _terms.Contract);

    private JsonObject Contract() => new()
    {
        ["symbol"] = Symbol,
        ["type"] = "FFWCSX",
        ["expireDate"] = null,
        ["baseCurrency"] = Coin,
        ["quoteCurrency"] = _terms.Quote,
        ["settleCurrency"] = _terms.Quote,
        ["maxOrderQty"] = 1_000_000,
        ["lotSize"] = 1,
        ["tickSize"] = _terms.Tick,
        ["multiplier"] = _terms.Contract,
        ["isInverse"] = false,
        ["status"] = "Open",
        ["maxLeverage"] = 20,
    };

    private JsonObject Expiring()
    {
        var contract = Contract();
        (contract["symbol"], contract["type"], contract["expireDate"]) = ($"{Coin}MU26", "FFICSX", 1790323200000);
        return contract;
    }

    private JsonObject Account()
    {
        var unrealised = Market.Position * Market.Price - Market.EntryValue;
        return new JsonObject
        {
            ["accountEquity"] = Market.Balances[_terms.Quote] + unrealised,
            ["unrealisedPNL"] = unrealised,
            ["marginBalance"] = Market.Balances[_terms.Quote],
            ["currency"] = _terms.Quote,
        };
    }

    private JsonObject Position() => new()
    {
        ["symbol"] = Symbol,
        ["currentQty"] = Lots(Market.Position),
        ["unrealisedCost"] = Market.EntryValue,
        ["isOpen"] = Market.Position != 0,
        ["settleCurrency"] = _terms.Quote,
        ["marginMode"] = Market.MarginMode.ToUpperInvariant(),
        ["positionSide"] = Market.IsHedged ? "LONG" : "BOTH",
    };

    private JsonObject ChangeMode(JsonNode body)
    {
        if (Market.Position != 0) throw new SimulatedRefusal(Refusal.Invalid, "exist.order.or.position");
        Market.MarginMode = body["marginMode"]!.ToString().ToLowerInvariant();
        return new JsonObject { ["symbol"] = Symbol, ["marginMode"] = body["marginMode"]!.ToString() };
    }

    private bool ChangeLeverage(JsonNode body)
    {
        Market.Leverage = Leverage(decimal.Parse(body["leverage"]!.ToString(), CultureInfo.InvariantCulture));
        return true;
    }

    private static decimal Leverage(decimal wanted) => wanted <= 20 ? wanted
        : throw new SimulatedRefusal(Refusal.Invalid, "Leverage cannot be greater than 20");

    private JsonObject Place(JsonObject body)
    {
        string Field(string name) => body[name]?.ToString() ?? "";
        decimal Number(string name) => Field(name) is { Length: > 0 } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : 0;
        if (Field("symbol") != Symbol) throw new SimulatedRefusal(Refusal.Invalid, "symbol not exists");
        if (Field("marginMode") != Market.MarginMode.ToUpperInvariant())
            throw new SimulatedRefusal(Refusal.Invalid, "The order's margin mode does not match the selected one.");
        if (Field("timeInForce") is not ("" or "GTC" or "IOC")) throw new SimulatedRefusal(Refusal.Invalid, "timeInForce is invalid");
        if (Field("marginMode") == "ISOLATED") Market.Leverage = Leverage(Number("leverage"));
        var order = Market.Place(new SimulatedOrder
        {
            Id = "",
            ClientId = Field("clientOid"),
            IsBuy = Field("side") == "buy",
            Limit = Field("type") == "limit" ? Number("price") : 0,
            Stop = Number("stopPrice"),
            Above = Field("stop") == "up",
            Size = Number("size") * _terms.Contract,
            TimeInForce = Field("timeInForce") is { Length: > 0 } force ? force : "GTC",
            ReduceOnly = (bool?)body["reduceOnly"] ?? false,
            At = DateTimeOffset.UtcNow,
        });
        return new JsonObject { ["orderId"] = IdOf(order), ["clientOid"] = order.ClientId };
    }

    private static JsonObject Pages(IEnumerable<JsonNode> all, ApiCall call)
    {
        var (items, page) = (all.ToList(), int.Parse(call["currentPage"], CultureInfo.InvariantCulture));
        return new JsonObject
        {
            ["currentPage"] = page,
            ["pageSize"] = Page,
            ["totalNum"] = items.Count,
            ["totalPage"] = (items.Count + Page - 1) / Page,
            ["items"] = new JsonArray([.. items.Skip((page - 1) * Page).Take(Page)]),
        };
    }

    private JsonObject Order(SimulatedOrder o) => new()
    {
        ["id"] = IdOf(o),
        ["clientOid"] = o.ClientId,
        ["symbol"] = Symbol,
        ["type"] = o.Limit > 0 ? "limit" : "market",
        ["side"] = o.IsBuy ? "buy" : "sell",
        ["price"] = Text(o.Limit),
        ["size"] = Lots(o.Size),
        ["dealSize"] = Lots(o.Filled),
        ["stop"] = o.Stop == 0 ? "" : o.Above ? "up" : "down",
        ["stopTriggered"] = o.Triggered,
        ["isActive"] = o.IsActive,
        ["cancelExist"] = o.IsCancelled,
        ["status"] = o.IsActive ? "open" : "done",
        ["reduceOnly"] = o.ReduceOnly,
    };

    private static bool IsWanted(SimulatedFill fill, ApiCall call) => call["orderId"].Length > 0 ? IdOf(fill.Order) == call["orderId"]
        : call["tradeTypes"].Split(',').Contains("liquid") && fill.Order.IsLiquidation
            && fill.At.ToUnixTimeMilliseconds() >= long.Parse(call["startAt"], CultureInfo.InvariantCulture);

    private JsonObject Fill(SimulatedFill f) => new()
    {
        ["symbol"] = Symbol,
        ["tradeId"] = f.Id.ToString(CultureInfo.InvariantCulture),
        ["orderId"] = IdOf(f.Order),
        ["side"] = f.Order.IsBuy ? "buy" : "sell",
        ["price"] = Text(f.Price),
        ["size"] = Lots(f.Size),
        ["fee"] = Text(f.Fee),
        ["feeCurrency"] = f.FeeCurrency,
        ["tradeType"] = f.Order.IsLiquidation ? "liquid" : "trade",
        ["createdAt"] = f.At.ToUnixTimeMilliseconds(),
    };

    private JsonObject Payment((long Id, decimal Amount, DateTimeOffset At) p) => new()
    {
        ["id"] = p.Id,
        ["symbol"] = Symbol,
        ["timePoint"] = p.At.ToUnixTimeMilliseconds(),
        ["funding"] = p.Amount,
        ["settleCurrency"] = _terms.Quote,
    };

    private JsonArray Candles(ApiCall call)
    {
        // Oldest first, at most 200, both ends included.
        var (from, to) = (long.Parse(call["from"], CultureInfo.InvariantCulture) / 1000,
            long.Parse(call["to"], CultureInfo.InvariantCulture) / 1000);
        var candles = new JsonArray();
        for (var t = (from + 59) / 60 * 60; t <= to && candles.Count < 200; t += 60)
        {
            var c = SimulatedCandle.At(t);
            candles.Add(new JsonArray(t * 1000, c.Open, c.High, c.Low, c.Close, Lots(c.Volume)));
        }
        return candles;
    }

    public override void OnOrder(SimulatedOrder order, string what)
    {
        if (order.IsLiquidation) return;
        if (order.Stop > 0 && what is "received" or "triggered" || order.WaitsForStop)
        {
            if (what != "received") Push("/contractMarket/advancedOrders", new JsonObject
            {
                ["orderId"] = IdOf(order),
                ["symbol"] = Symbol,
                ["type"] = what == "canceled" ? "cancel" : "triggered",
            });
            return;
        }
        Push("/contractMarket/tradeOrders", new JsonObject
        {
            ["orderId"] = IdOf(order),
            ["symbol"] = Symbol,
            ["type"] = what == "received" ? "open" : what,
            ["status"] = what is "filled" or "canceled" ? "done" : what == "match" ? "match" : "open",
            ["filledSize"] = $"{Lots(order.Filled)}",
            ["size"] = $"{Lots(order.Size)}",
        });
    }

    private void Push(string topic, JsonObject data) => Server.Publish(topic, new JsonObject
    {
        ["topic"] = topic,
        ["type"] = "message",
        ["data"] = data,
    }.ToJsonString(), isPrivate: true);

    public override void OnFill(SimulatedFill fill)
    {
    }

    public override void OnPrice(decimal price) => Server.Publish($"/contractMarket/execution:{Symbol}", new JsonObject
    {
        ["topic"] = $"/contractMarket/execution:{Symbol}",
        ["type"] = "message",
        ["data"] = new JsonObject { ["symbol"] = Symbol, ["price"] = Text(price) },
    }.ToJsonString(), isPrivate: false);
}
