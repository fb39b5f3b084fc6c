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
    private static string Spelled(string coin) => coin == "BTC" ? "XBT" : coin;

    protected override string NameOf(string coin) => $"{Spelled(coin)}{_terms.Quote}M";

    protected override string Permission => "Futures";

    public override bool IsOrder(ApiCall call) => call.Method == "POST" && call.Path == "/api/v1/orders";

    protected override bool IsPublic(ApiCall call) =>
        call.Path is "/api/v1/contracts/active" or "/api/v1/ticker" or "/api/v1/kline/query"
            or "/api/v1/contract/funding-rates";

    protected override JsonNode? Data(ApiCall call) => (call.Method, call.Path) switch
    {
        ("GET", "/api/v1/contracts/active") => new JsonArray([.. _terms.Coins.Select(Contract), Expiring(), Inverse()]),
        ("GET", "/api/v1/ticker") => new JsonObject { ["symbol"] = call["symbol"], ["price"] = Text(Market.Price) },
        ("GET", "/api/v1/kline/query") => Candles(call),
        ("GET", "/api/v1/contract/funding-rates") => new JsonArray([.. SimulatedFunding.Between(
            long.Parse(call["from"], CultureInfo.InvariantCulture) / 1000, long.Parse(call["to"], CultureInfo.InvariantCulture) / 1000)
            .Reverse().Take(100).Select(f => new JsonObject
            {
                ["symbol"] = call["symbol"],
                ["timepoint"] = f.Time * 1000,
                ["fundingRate"] = f.Rate,
            })]),
        ("GET", "/api/v1/account-overview") => Account(),
        ("GET", "/api/v1/positions") => new JsonArray([.. _terms.Coins
            .Where(c => Market.PositionOf(c).Size != 0 || Market.IsHedged).Select(Position)]),
        ("GET", "/api/v2/position/getMarginMode") => new JsonObject
        {
            ["symbol"] = call["symbol"],
            ["marginMode"] = Market.MarginMode.ToUpperInvariant(),
        },
        ("POST", "/api/v2/position/changeMarginMode") => ChangeMode(JsonNode.Parse(call.Body)!),
        ("POST", "/api/v2/changeCrossUserLeverage") => ChangeLeverage(JsonNode.Parse(call.Body)!),
        ("POST", "/api/v1/orders") => Place(JsonNode.Parse(call.Body)!.AsObject()),
        ("GET", "/api/v1/orders") => Pages(Market.Listed.Where(o => o.IsActive && !o.WaitsForStop
            && NameOf(o.Coin) == call["symbol"]).Select(Order), call),
        ("GET", "/api/v1/stopOrders") => Pages(Market.Listed.Where(o => o.IsActive && o.WaitsForStop
            && NameOf(o.Coin) == call["symbol"]).Select(Order), call),
        ("GET", "/api/v1/orders/byClientOid") => Order(Market.Find(o => o.ClientId == call["clientOid"]) ?? throw Missing()),
        ("GET", "/api/v1/fills") => Pages(Market.Fills.Where(f => IsWanted(f, call)).Reverse().Select(Fill), call),
        ("GET", "/api/v1/funding-history") => new JsonObject
        {
            ["dataList"] = new JsonArray(
                [.. Market.Payments.Where(p => call["symbol"] == NameOf(_terms.Base)
                    && p.At.ToUnixTimeMilliseconds() >= long.Parse(call["startAt"],
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

    private JsonObject Contract(string coin) => new()
    {
        ["symbol"] = NameOf(coin),
        ["type"] = "FFWCSX",
        ["expireDate"] = null,
        ["baseCurrency"] = Spelled(coin),
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
        var contract = Contract(_terms.Base);
        (contract["symbol"], contract["type"], contract["expireDate"]) = ($"{Spelled(_terms.Base)}MU26", "FFICSX", 1790323200000);
        return contract;
    }

    private JsonObject Inverse()
    {
        var contract = Contract(_terms.Base);
        (contract["symbol"], contract["quoteCurrency"], contract["settleCurrency"]) =
            ($"{Spelled(_terms.Base)}USDM", "USD", Spelled(_terms.Base));
        (contract["multiplier"], contract["isInverse"]) = (-1, true);
        return contract;
    }

    private JsonObject Account()
    {
        var unrealised = Market.Unrealised;
        return new JsonObject
        {
            ["accountEquity"] = Market.Balances[_terms.Quote] + unrealised,
            ["unrealisedPNL"] = unrealised,
            ["marginBalance"] = Market.Balances[_terms.Quote],
            ["currency"] = _terms.Quote,
        };
    }

    private JsonObject Position(string coin) => new()
    {
        ["symbol"] = NameOf(coin),
        ["currentQty"] = Lots(Market.PositionOf(coin).Size),
        ["unrealisedCost"] = Market.PositionOf(coin).EntryValue,
        ["isOpen"] = Market.PositionOf(coin).Size != 0,
        ["settleCurrency"] = _terms.Quote,
        ["marginMode"] = Market.MarginMode.ToUpperInvariant(),
        ["positionSide"] = Market.IsHedged ? "LONG" : "BOTH",
    };

    private JsonObject ChangeMode(JsonNode body)
    {
        if (Market.PositionOf(CoinOf(body["symbol"]!.ToString())).Size != 0) throw new SimulatedRefusal(Refusal.Invalid,
            "exist.order.or.position");
        Market.MarginMode = body["marginMode"]!.ToString().ToLowerInvariant();
        return new JsonObject { ["symbol"] = body["symbol"]!.ToString(), ["marginMode"] = body["marginMode"]!.ToString() };
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
        if (Field("marginMode") != Market.MarginMode.ToUpperInvariant())
            throw new SimulatedRefusal(Refusal.Invalid, "The order's margin mode does not match the selected one.");
        if (Field("timeInForce") is not ("" or "GTC" or "IOC")) throw new SimulatedRefusal(Refusal.Invalid, "timeInForce is invalid");
        if (Field("marginMode") == "ISOLATED") Market.Leverage = Leverage(Number("leverage"));
        var order = Market.Place(new SimulatedOrder
        {
            Id = "",
            ClientId = Field("clientOid"),
            Coin = CoinOf(Field("symbol")),
            IsBuy = Field("side") == "buy",
            Limit = Field("type") == "limit" ? Number("price") : 0,
            Stop = Number("stopPrice"),
            Above = Field("stop") == "up",
            Size = Number("size") * _terms.Contract,
            TimeInForce = Field("timeInForce") is { Length: > 0 } force ? force : "GTC",
            ReduceOnly = (bool?)body["reduceOnly"] ?? false,
            At = Time,
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
        ["symbol"] = NameOf(o.Coin),
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

    private bool IsWanted(SimulatedFill fill, ApiCall call) => call["orderId"].Length > 0 ? IdOf(fill.Order) == call["orderId"]
        : NameOf(fill.Order.Coin) == call["symbol"] && call["tradeTypes"].Split(',').Contains("liquid") && fill.Order.IsLiquidation
            && fill.At.ToUnixTimeMilliseconds() >= long.Parse(call["startAt"], CultureInfo.InvariantCulture);

    private JsonObject Fill(SimulatedFill f) => new()
    {
        ["symbol"] = NameOf(f.Order.Coin),
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
        ["symbol"] = NameOf(_terms.Base),
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
            var c = Market.Candle(t);
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
                ["symbol"] = NameOf(order.Coin),
                ["type"] = what == "canceled" ? "cancel" : "triggered",
            });
            return;
        }
        Push("/contractMarket/tradeOrders", new JsonObject
        {
            ["orderId"] = IdOf(order),
            ["symbol"] = NameOf(order.Coin),
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

    public override void OnPrice(decimal price)
    {
        foreach (var symbol in _terms.Coins.Select(NameOf))
            Server.Publish($"/contractMarket/execution:{symbol}", new JsonObject
            {
                ["topic"] = $"/contractMarket/execution:{symbol}",
                ["type"] = "message",
                ["data"] = new JsonObject { ["symbol"] = symbol, ["price"] = Text(price) },
            }.ToJsonString(), isPrivate: false);
    }
}
