using System.Globalization;
using System.Text.Json.Nodes;

namespace Granary.Exchanges.Tests.Server;

/// <summary>Gate.io's futures market as www.gate.io/docs/developers/apiv4 describes it: sizes are whole contracts, sales are
/// negative.</summary>
internal sealed class GateioFuturesDialect(MarketTerms terms) : GateioDialect(terms)
{
    private const string User = "20011";

    private readonly MarketTerms _terms = terms;

    protected override string NameOf(string coin) => $"{coin}_{_terms.Quote}";

    protected override bool IsPublic(string path) =>
        path is "/futures/usdt/contracts" or "/futures/usdt/tickers" or "/futures/usdt/candlesticks"
            or "/futures/usdt/funding_rate";

    protected override JsonNode? Data(ApiCall call, string path, string last)
    {
        const string Start = "/futures/usdt";
        return path.StartsWith(Start, StringComparison.Ordinal) ? Data(call, path[Start.Length..], last, call["contract"])
            : throw new SimulatedRefusal(Refusal.Invalid, $"no such path {path}");
    }

    private JsonNode? Data(ApiCall call, string path, string last, string contract) => (call.Method, path) switch
    {
        ("GET", "/contracts") => new JsonArray([.. _terms.Coins.Select(Contract)]),
        ("GET", "/tickers") => _terms.Coins.Any(c => NameOf(c) == contract) ? new JsonArray(Ticker(contract, Market.Price))
            : new JsonArray(),
        ("GET", "/candlesticks") => Candles(call),
        ("GET", "/funding_rate") => new JsonArray([.. SimulatedFunding.Between(long.Parse(call["from"], CultureInfo.InvariantCulture),
            long.Parse(call["to"], CultureInfo.InvariantCulture)).Reverse().Take(1000)
            .Select(f => new JsonObject { ["t"] = f.Time, ["r"] = Text(f.Rate) })]),
        ("GET", "/accounts") => new JsonObject
        {
            ["user"] = long.Parse(User, CultureInfo.InvariantCulture),
            ["currency"] = _terms.Quote,
            ["total"] = Text(Market.Balances[_terms.Quote]),
            ["unrealised_pnl"] = Text(Market.Unrealised),
            ["in_dual_mode"] = Market.IsHedged,
        },
        ("GET", "/positions") => Page(call, _terms.Coins.Where(c => Market.PositionOf(c).Size != 0).Select(Position)),
        ("POST", "/countdown_cancel_all") => new JsonObject { ["triggerTime"] = Now },
        ("POST", "/orders") => Place(JsonNode.Parse(call.Body)!.AsObject()),
        ("POST", "/price_orders") => PlaceStop(JsonNode.Parse(call.Body)!.AsObject()),
        ("GET", "/orders") => Page(call, Market.Listed.Where(IsPlain).Where(o => NameOf(o.Coin) == contract
            && o.IsActive == (call["status"] == "open")).Select(Order)),
        ("GET", "/orders_timerange") => Page(call, Market.Listed.Where(IsPlain).Where(o => NameOf(o.Coin) == contract
            && !o.IsActive).Select(Order)),
        ("GET", "/price_orders") => Page(call, Market.Listed.Where(o => o.Stop > 0
            && NameOf(o.Coin) == contract && (o.WaitsForStop && o.IsActive) == (call["status"] == "open")).Select(Stop)),
        ("GET", "/my_trades") => Page(call, Market.Fills.Where(f => f.Order.Id == call["order"]).Select(f => Trade(f, "id"))),
        ("GET", "/my_trades_timerange") => Page(call, Market.Fills.Where(f => NameOf(f.Order.Coin) == contract
            && Since(f.At, call)).Select(f => Trade(f, "trade_id"))),
        ("GET", "/account_book") => Page(call, Market.Payments.Where(p => contract == NameOf(_terms.Base)
            && call["type"] == "fund" && Since(p.At, call)).Select(Payment)),
        ("POST", _) when path.StartsWith("/positions/", StringComparison.Ordinal) => ChangeLeverage(call, CoinOf(path.Split('/')[2])),
        ("GET", _) when path.StartsWith("/price_orders/", StringComparison.Ordinal) =>
            Market.Find(o => o.Stop > 0 && StopId(o) == last) is { } stop ? Stop(stop) : null,
        ("DELETE", _) when path.StartsWith("/price_orders/", StringComparison.Ordinal) =>
            Stop(Market.Cancel(o => o.WaitsForStop && o.Id == last)),
        ("GET", _) when path.StartsWith("/orders/", StringComparison.Ordinal) =>
            Market.Find(o => !o.WaitsForStop && Is(o, last)) is { } order ? Order(order) : null,
        ("DELETE", _) when path.StartsWith("/orders/", StringComparison.Ordinal) =>
            Order(Market.Cancel(o => !o.WaitsForStop && Is(o, last))),
        _ => throw new SimulatedRefusal(Refusal.Invalid, $"no such path {path}"),
    };

    private static bool IsPlain(SimulatedOrder order) => !order.WaitsForStop && !(order.Stop > 0 && !order.Triggered);

    private static bool Since(DateTimeOffset at, ApiCall call) =>
        at.ToUnixTimeSeconds() >= long.Parse(call["from"], CultureInfo.InvariantCulture);

    private static JsonArray Page(ApiCall call, IEnumerable<JsonNode> all)
    {
        var offset = call["offset"] is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 0;
        return [.. all.Skip(offset).Take(int.Parse(call["limit"], CultureInfo.InvariantCulture))];
    }

    private long Lots(decimal size) => (long)(size / _terms.Contract);

    private long Signed(SimulatedOrder order, decimal size) => order.IsBuy ? Lots(size) : -Lots(size);

    private static JsonObject Ticker(string contract, decimal price) => new() { ["contract"] = contract, ["last"] = Text(price) };

    private JsonObject Contract(string coin) => new()
    {
        ["name"] = NameOf(coin),
        ["type"] = "direct",
        ["quanto_multiplier"] = Text(_terms.Contract),
        ["leverage_min"] = "1",
        ["leverage_max"] = "20",
        ["order_price_round"] = Text(_terms.Tick),
        ["order_size_min"] = 1,
        ["order_size_max"] = 1_000_000,
        ["in_delisting"] = false,
        ["status"] = "trading",
    };

    private JsonObject Position(string coin) => new()
    {
        ["contract"] = NameOf(coin),
        ["size"] = Lots(Market.PositionOf(coin).Size),
        ["leverage"] = Market.MarginMode == "cross" ? "0" : Text(Market.Leverage),
        ["entry_price"] = Text(Market.PositionOf(coin) is var (size, value) ? value / size : 0),
        ["mode"] = "single",
    };

    private JsonObject ChangeLeverage(ApiCall call, string coin)
    {
        var (isolated, cross) = (Number(call["leverage"]), Number(call["cross_leverage_limit"]));
        if (Math.Max(isolated, cross) > 20) throw new SimulatedRefusal(Refusal.Invalid, "leverage is above the limit of 20");
        (Market.MarginMode, Market.Leverage) = isolated == 0 ? ("cross", cross) : ("isolated", isolated);
        return Market.PositionOf(coin).Size == 0 ? new JsonObject { ["contract"] = NameOf(coin), ["size"] = 0 } : Position(coin);
    }

    private SimulatedOrder Make(JsonNode body, string clientId, decimal stop, bool above)
    {
        var (size, price) = (Number(body["size"]), Number(body["price"]));
        var force = body["tif"]?.ToString() ?? "gtc";
        if (price == 0 && force != "ioc") throw new SimulatedRefusal(Refusal.Invalid, "a market order is ioc");
        return Market.Place(new SimulatedOrder
        {
            Id = "",
            ClientId = clientId,
            Coin = CoinOf(body["contract"]!.ToString()),
            IsBuy = size > 0,
            Limit = price,
            Stop = stop,
            Above = above,
            Size = Math.Abs(size) * _terms.Contract,
            TimeInForce = force.ToUpperInvariant(),
            ReduceOnly = (bool?)body["reduce_only"] ?? false,
            At = Time,
        });
    }

    private JsonObject Place(JsonObject body)
    {
        var text = body["text"]!.ToString();
        if (!text.StartsWith("t-", StringComparison.Ordinal) || text.Length > 30)
            throw new SimulatedRefusal(Refusal.Invalid, "invalid text");
        return Order(Make(body, text[2..], 0, false));
    }

    private JsonObject PlaceStop(JsonObject body)
    {
        var (trigger, above) = (body["trigger"]!, (int)body["trigger"]!["rule"]! == 1);
        var price = Number(trigger["price"]);
        if (above ? price <= Market.Price : price >= Market.Price)
            throw new SimulatedRefusal(Refusal.Invalid, "the trigger's price must be on the other side of the last price");
        return new JsonObject
        {
            ["id"] = long.Parse(StopId(Make(body["initial"]!, "", price, above)), CultureInfo.InvariantCulture),
        };
    }

    private JsonObject Order(SimulatedOrder o) => new()
    {
        ["id"] = long.Parse(o.Id, CultureInfo.InvariantCulture),
        ["user"] = long.Parse(User, CultureInfo.InvariantCulture),
        ["text"] = o.ClientId.Length > 0 ? "t-" + o.ClientId : "api",
        ["contract"] = NameOf(o.Coin),
        ["size"] = Signed(o, o.Size),
        ["left"] = Signed(o, o.Size - o.Filled),
        ["price"] = Text(o.Limit),
        ["status"] = o.IsActive ? "open" : "finished",
        ["finish_as"] = o.IsActive ? "" : o.IsCancelled ? o.ReduceOnly ? "reduce_only" : "cancelled" : "filled",
        ["is_reduce_only"] = o.ReduceOnly,
    };

    private JsonObject Stop(SimulatedOrder o) => new()
    {
        ["id"] = long.Parse(StopId(o), CultureInfo.InvariantCulture),
        ["create_time"] = o.At.ToUnixTimeMilliseconds() / 1000m,
        ["status"] = o.Triggered || o.IsCancelled ? "finished" : "open",
        ["finish_as"] = o.Triggered ? "succeeded" : o.IsCancelled ? "cancelled" : "",
        ["trade_id"] = o.Triggered ? long.Parse(o.Id, CultureInfo.InvariantCulture) : 0,
        ["contract"] = NameOf(o.Coin),
        ["trigger"] = new JsonObject { ["price"] = Text(o.Stop), ["rule"] = o.Above ? 1 : 2 },
        ["initial"] = new JsonObject { ["contract"] = NameOf(o.Coin), ["size"] = Signed(o, o.Size), ["price"] = Text(o.Limit) },
    };

    private JsonObject Trade(SimulatedFill f, string id) => new()
    {
        [id] = f.Id.ToString(CultureInfo.InvariantCulture),
        ["order_id"] = f.Order.Id,
        ["contract"] = NameOf(f.Order.Coin),
        ["size"] = Signed(f.Order, f.Size),
        ["price"] = Text(f.Price),
        ["fee"] = Text(f.Fee),
        ["point_fee"] = "0",
        ["text"] = f.Order.IsLiquidation ? "liq-1" : f.Order.ClientId.Length > 0 ? "t-" + f.Order.ClientId : "api",
        ["create_time"] = f.At.ToUnixTimeMilliseconds() / 1000m,
    };

    private JsonObject Payment((long Id, decimal Amount, DateTimeOffset At) p) => new()
    {
        ["id"] = $"{p.Id}",
        ["time"] = p.At.ToUnixTimeMilliseconds() / 1000m,
        ["change"] = Text(p.Amount),
        ["type"] = "fund",
        ["contract"] = NameOf(_terms.Base),
    };

    private JsonArray Candles(ApiCall call)
    {
        // Oldest first, both ends included, at most 2,000 points.
        var (from, to) = (long.Parse(call["from"], CultureInfo.InvariantCulture), long.Parse(call["to"], CultureInfo.InvariantCulture));
        if ((to - from) / 60 >= 2000) throw new SimulatedRefusal(Refusal.Invalid, "Candlestick range too broad");
        var candles = new JsonArray();
        for (var t = (from + 59) / 60 * 60; t <= to; t += 60)
        {
            var c = Market.Candle(t);
            candles.Add(new JsonObject
            {
                ["t"] = t,
                ["v"] = Lots(c.Volume),
                ["c"] = Text(c.Close),
                ["h"] = Text(c.High),
                ["l"] = Text(c.Low),
                ["o"] = Text(c.Open),
            });
        }
        return candles;
    }

    public override void OnOrder(SimulatedOrder order, string what)
    {
        if (IsPlain(order)) Publish("futures.orders", new JsonArray(Order(order)), isPrivate: true);
    }

    public override void OnFill(SimulatedFill fill) =>
        Publish("futures.usertrades", new JsonArray(Trade(fill, "id")), isPrivate: true);

    public override void OnPrice(decimal price) => Publish("futures.tickers",
        new JsonArray([.. _terms.Coins.Select(c => Ticker(NameOf(c), price))]), isPrivate: false);
}
