using System.Globalization;
using System.Text.Json.Nodes;

namespace Granary.Exchanges.Tests.Server;

/// <summary>Gate.io's spot market as www.gate.io/docs/developers/apiv4 describes it.</summary>
internal sealed class GateioSpotDialect(MarketTerms terms) : GateioDialect(terms)
{
    private readonly MarketTerms _terms = terms;

    protected override string NameOf(string coin) => $"{coin}_{_terms.Quote}";

    protected override bool IsPublic(string path) => path is "/spot/currency_pairs" or "/spot/tickers" or "/spot/candlesticks";

    protected override JsonNode? Data(ApiCall call, string path, string last) =>
        (call.Method, path) switch
        {
            ("GET", "/spot/currency_pairs") => new JsonArray([.. _terms.Coins.Select(Listed)]),
            ("GET", "/spot/accounts") => new JsonArray([.. Market.Balances.Select(b => new JsonObject
            {
                ["currency"] = b.Key,
                ["available"] = Text(b.Value - Market.Hold(b.Key)),
                ["locked"] = Text(Market.Hold(b.Key)),
            })]),
            ("GET", "/spot/tickers") => _terms.Coins.Any(c => NameOf(c) == call["currency_pair"]) ? Ticker(Market.Price)
                : call["currency_pair"] == $"{_terms.FeeCurrency}_{_terms.Quote}" ? Ticker(_terms.FeeCurrencyPrice) : new JsonArray(),
            ("POST", "/spot/orders") => Place(JsonNode.Parse(call.Body)!.AsObject()),
            ("POST", "/spot/price_orders") => PlaceStop(JsonNode.Parse(call.Body)!.AsObject()),
            ("POST", "/spot/countdown_cancel_all") => new JsonObject { ["triggerTime"] = Now },
            ("GET", "/spot/orders") =>
                new JsonArray([.. Market.Listed.Where(o => o.IsActive == (call["status"] == "open") && !o.WaitsForStop
                && NameOf(o.Coin) == call["currency_pair"] && !(o.Stop > 0 && !o.Triggered)).Select(Order)]),
            ("GET", "/spot/price_orders") => new JsonArray([.. Market.Listed.Where(o => o.Stop > 0
                && NameOf(o.Coin) == call["market"] && (o.WaitsForStop && o.IsActive) == (call["status"] == "open")).Select(Stop)]),
            ("GET", "/spot/my_trades") => new JsonArray([.. Market.Fills.Where(f => f.Order.Id == call["order_id"]).Select(Trade)]),
            ("GET", "/spot/candlesticks") => Candles(call),
            ("GET", _) when path.StartsWith("/spot/price_orders/", StringComparison.Ordinal) =>
                Market.Find(o => o.Stop > 0 && StopId(o) == last) is { } stop ? Stop(stop) : null,
            ("DELETE", _) when path.StartsWith("/spot/price_orders/", StringComparison.Ordinal) =>
                Stop(Market.Cancel(o => o.WaitsForStop && o.Id == last)),
            ("GET", _) when path.StartsWith("/spot/orders/", StringComparison.Ordinal) =>
                Market.Find(o => !o.WaitsForStop && Is(o, last)) is { } order ? Order(order) : null,
            ("DELETE", _) when path.StartsWith("/spot/orders/", StringComparison.Ordinal) =>
                Order(Market.Cancel(o => !o.WaitsForStop && Is(o, last))),
            _ => throw new SimulatedRefusal(Refusal.Invalid, $"no such path {path}"),
        };

    private static JsonArray Ticker(decimal price) => new(new JsonObject { ["last"] = Text(price) });

    private JsonObject Listed(string coin) => new()
    {
        ["id"] = NameOf(coin),
        ["base"] = coin,
        ["quote"] = _terms.Quote,
        ["fee"] = "0.2",
        ["min_base_amount"] = Text(_terms.MinQuantity),
        ["min_quote_amount"] = Text(_terms.MinNotional),
        ["amount_precision"] = Decimals(_terms.Lot),
        ["precision"] = Decimals(_terms.Tick),
        ["trade_status"] = "tradable",
    };

    private JsonObject Place(JsonObject body)
    {
        var (isMarket, isBuy) = (body["type"]!.ToString() == "market", body["side"]!.ToString() == "buy");
        // At Gate.io the amount of a market order to buy is quote currency.
        if (isMarket && isBuy) throw new SimulatedRefusal(Refusal.Invalid, "the server's tests buy by limit orders");
        var force = body["time_in_force"]?.ToString() ?? "gtc";
        if (isMarket && force == "gtc") throw new SimulatedRefusal(Refusal.Invalid, "market orders support ioc and fok only");
        var text = body["text"]!.ToString();
        if (!text.StartsWith("t-", StringComparison.Ordinal) || text.Length > 30) throw new SimulatedRefusal(Refusal.Invalid,
            "invalid text");
        return Order(Market.Place(new SimulatedOrder
        {
            Id = "",
            ClientId = text[2..],
            Coin = CoinOf(body["currency_pair"]!.ToString()),
            IsBuy = isBuy,
            Limit = isMarket ? 0 : Number(body["price"]),
            Size = Number(body["amount"]),
            TimeInForce = force.ToUpperInvariant(),
            At = Time,
        }));
    }

    private JsonObject PlaceStop(JsonObject body)
    {
        var (trigger, put) = (body["trigger"]!, body["put"]!);
        var order = Market.Place(new SimulatedOrder
        {
            Id = "",
            ClientId = "",
            Coin = CoinOf(body["market"]!.ToString()),
            IsBuy = put["side"]!.ToString() == "buy",
            Limit = put["type"]!.ToString() == "limit" ? Number(put["price"]) : 0,
            Stop = Number(trigger["price"]),
            Above = trigger["rule"]!.ToString() == ">=",
            Size = Number(put["amount"]),
            TimeInForce = put["time_in_force"]!.ToString().ToUpperInvariant(),
            At = Time,
        });
        return new JsonObject { ["id"] = long.Parse(StopId(order), CultureInfo.InvariantCulture) };
    }

    private JsonObject Order(SimulatedOrder o) => new()
    {
        ["id"] = o.Id,
        ["text"] = o.ClientId.Length > 0 ? "t-" + o.ClientId : "apiv4",
        ["currency_pair"] = NameOf(o.Coin),
        ["type"] = o.Limit > 0 ? "limit" : "market",
        ["side"] = o.IsBuy ? "buy" : "sell",
        ["amount"] = Text(o.Size),
        ["left"] = Text(o.Size - o.Filled),
        ["price"] = Text(o.Limit),
        ["status"] = o.IsActive ? "open" : o.IsCancelled ? "cancelled" : "closed",
        ["finish_as"] = o.IsActive ? "open" : o.IsCancelled ? "cancelled" : "filled",
    };

    private JsonObject Stop(SimulatedOrder o) => new()
    {
        ["id"] = long.Parse(StopId(o), CultureInfo.InvariantCulture),
        ["market"] = NameOf(o.Coin),
        ["ctime"] = o.At.ToUnixTimeSeconds(),
        ["status"] = o.Triggered ? "finish" : o.IsCancelled ? "cancelled" : "open",
        ["fired_order_id"] = o.Triggered ? long.Parse(o.Id, CultureInfo.InvariantCulture) : 0,
        ["trigger"] = new JsonObject { ["price"] = Text(o.Stop), ["rule"] = o.Above ? ">=" : "<=" },
        ["put"] = new JsonObject { ["side"] = o.IsBuy ? "buy" : "sell", ["amount"] = Text(o.Size), ["price"] = Text(o.Limit) },
    };

    private JsonObject Trade(SimulatedFill f) => new()
    {
        ["id"] = f.Id.ToString(CultureInfo.InvariantCulture),
        ["order_id"] = f.Order.Id,
        ["currency_pair"] = NameOf(f.Order.Coin),
        ["side"] = f.Order.IsBuy ? "buy" : "sell",
        ["amount"] = Text(f.Size),
        ["price"] = Text(f.Price),
        ["fee"] = f.FeeCurrency == "GT" ? "0" : Text(f.Fee),
        ["fee_currency"] = f.FeeCurrency,
        ["gt_fee"] = f.FeeCurrency == "GT" ? Text(f.Fee) : "0",
        ["point_fee"] = "0",
        ["create_time_ms"] = $"{f.At.ToUnixTimeMilliseconds()}.125",
    };

    private JsonArray Candles(ApiCall call)
    {
        // Oldest first, both ends included, at most 1,000 points.
        var (from, to) = (long.Parse(call["from"], CultureInfo.InvariantCulture), long.Parse(call["to"], CultureInfo.InvariantCulture));
        if ((to - from) / 60 >= 1000) throw new SimulatedRefusal(Refusal.Invalid,
            "Candlestick range too broad. Maximum 1000 data points are allowed per request");
        if (from < Now / 1000 - 10_000 * 60L)
            throw new SimulatedRefusal(Refusal.Invalid, "Candlestick too long ago. Maximum 10000 points recently are allowed");
        var candles = new JsonArray();
        for (var t = (from + 59) / 60 * 60; t <= to; t += 60)
        {
            var c = Market.Candle(t);
            candles.Add(new JsonArray($"{t}", "1", Text(c.Close), Text(c.High), Text(c.Low), Text(c.Open), Text(c.Volume), "true"));
        }
        return candles;
    }

    public override void OnOrder(SimulatedOrder order, string what)
    {
        if (order.Stop > 0 && !order.Triggered) return;
        var sent = Order(order);
        sent.Remove("status");
        sent["event"] = what is "received" or "triggered" ? "put" : order.IsActive ? "update" : "finish";
        Publish("spot.orders", new JsonArray(sent), isPrivate: true);
    }

    public override void OnFill(SimulatedFill fill) => Publish("spot.usertrades", new JsonArray(Trade(fill)), isPrivate: true);

    public override void OnPrice(decimal price)
    {
        foreach (var pair in _terms.Coins.Select(NameOf))
            Publish("spot.tickers", new JsonObject { ["currency_pair"] = pair, ["last"] = Text(price) }, isPrivate: false);
    }
}
