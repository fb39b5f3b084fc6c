using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;

namespace Granary.Exchanges.Tests.Server;

/// <summary>
/// Binance's spot market as github.com/binance/binance-spot-api-docs describes it: signed parameters, a time within the receive window, and
/// client order ids that are unique among open orders alone.
/// </summary>
internal sealed class BinanceSpotDialect : VenueDialect
{
    private readonly MarketTerms _terms;

    public BinanceSpotDialect(MarketTerms terms) : base(terms)
    {
        _terms = terms;
        Market = new SimulatedMarket(terms) { ForgetsFinalIds = true };
    }

    public override SimulatedMarket Market { get; }

    protected override string NameOf(string coin) => coin + _terms.Quote;

    public override bool IsOrder(ApiCall call) => call.Method == "POST" && call.Path == "/api/v3/order";

    public override ApiReply Handle(ApiCall call)
    {
        if (IsTooMany()) return Error(429, -1003, "Too much request weight used", ("Retry-After", "1"));
        var isPublic = call.Path is "/api/v3/time" or "/api/v3/exchangeInfo" or "/api/v3/ticker/price" or "/api/v3/klines"
            || call.Path.StartsWith("/fapi/", StringComparison.Ordinal);
        var given = call.Query + call.Body;
        if (!isPublic && Refused(call, given) is { } refused)
        {
            Refusals.Add(refused.Body);
            return refused;
        }
        try
        {
            return new ApiReply(200, Data(call, HttpUtility.ParseQueryString(given))!.ToJsonString());
        }
        catch (SimulatedRefusal e)
        {
            return e.Why switch
            {
                Refusal.Insufficient => Error(400, -2010, "Account has insufficient balance for requested action."),
                Refusal.Unknown when call.Method == "DELETE" => Error(400, -2011, "Unknown order sent."),
                Refusal.Unknown => Error(400, -2013, "Order does not exist."),
                Refusal.Duplicate => Error(400, -2010, "Duplicate order sent."),
                _ => Error(400, e.Message.StartsWith("Invalid symbol", StringComparison.Ordinal) ? -1121 : -1013, e.Message),
            };
        }
    }

    private static ApiReply Error(int status, int code, string message, params (string, string)[] headers) =>
        new(status, new JsonObject { ["code"] = code, ["msg"] = message }.ToJsonString()) { Headers = headers };

    private ApiReply? Refused(ApiCall call, string given)
    {
        if (call.Header("X-MBX-APIKEY") != Key) return Error(401, -2015, "Invalid API-key, IP, or permissions for action.");
        var at = given.LastIndexOf("&signature=", StringComparison.Ordinal);
        if (at < 0 || !given[(at + 11)..].Equals(Hash(given[..at]), StringComparison.OrdinalIgnoreCase))
            return Error(400, -1022, "Signature for this request is not valid.");
        var fields = HttpUtility.ParseQueryString(given);
        var (time, window) = (long.Parse(fields["timestamp"]!, CultureInfo.InvariantCulture),
            long.Parse(fields["recvWindow"] ?? "5000", CultureInfo.InvariantCulture));
        return time < Now + 1000 && Now - time <= window ? null
            : Error(400, -1021, "Timestamp for this request is outside of the recvWindow.");
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));

    private JsonNode? Data(ApiCall call, System.Collections.Specialized.NameValueCollection fields) => (call.Method, call.Path) switch
    {
        ("GET", "/api/v3/time") => new JsonObject { ["serverTime"] = Now },
        ("GET", "/api/v3/exchangeInfo") => new JsonObject { ["symbols"] = new JsonArray([.. _terms.Coins.Select(Listed)]) },
        ("GET", "/sapi/v1/account/apiRestrictions") => new JsonObject
        {
            ["enableReading"] = true,
            ["enableSpotAndMarginTrading"] = true,
            ["enableWithdrawals"] = Permissions.Contains("withdraw", StringComparison.OrdinalIgnoreCase),
        },
        ("GET", "/api/v3/account") => new JsonObject
        {
            ["canTrade"] = true,
            ["balances"] = new JsonArray([.. Market.Balances.Select(b => new JsonObject
            {
                ["asset"] = b.Key,
                ["free"] = Text(b.Value - Market.Hold(b.Key)),
                ["locked"] = Text(Market.Hold(b.Key)),
            })]),
        },
        ("GET", "/api/v3/ticker/price") => new JsonObject
        {
            ["price"] = Text(fields["symbol"] == _terms.FeeCurrency + _terms.Quote ? _terms.FeeCurrencyPrice
                : CoinOf(fields["symbol"]).Length > 0 ? Market.Price : 0),
        },
        ("POST", "/api/v3/order") => Place(fields),
        ("DELETE", "/api/v3/order") => Order(Market.Cancel(o => Is(o, fields)), isCancel: true),
        ("GET", "/api/v3/order") => Order(Market.Find(o => Is(o, fields)) ?? throw new SimulatedRefusal(Refusal.Unknown, "")),
        ("GET", "/api/v3/openOrders") => new JsonArray([.. Market.Listed.Where(o => o.IsActive && NameOf(o.Coin) == fields["symbol"])
            .Select(o => Order(o))]),
        ("GET", "/api/v3/myTrades") => new JsonArray([.. Market.Fills.Where(f => IdOf(f.Order) == fields["orderId"]).Select(Trade)]),
        ("GET", "/api/v3/klines") => Klines(fields),
        // The public history of its perpetual futures, whose times are some milliseconds late.
        ("GET", "/fapi/v1/exchangeInfo") => new JsonObject
        {
            ["symbols"] = new JsonArray([.. _terms.Coins.Select(c =>
            {
                var listed = Listed(c);
                listed["contractType"] = "PERPETUAL";
                return listed;
            })]),
        },
        ("GET", "/fapi/v1/fundingRate") => new JsonArray([.. SimulatedFunding.Between(
            (long.Parse(fields["startTime"]!, CultureInfo.InvariantCulture) + 999) / 1000,
            long.Parse(fields["endTime"]!, CultureInfo.InvariantCulture) / 1000).Take(1000).Select((f, i) => new JsonObject
            {
                ["symbol"] = fields["symbol"],
                ["fundingTime"] = f.Time * 1000 + i % 13,
                ["fundingRate"] = Text(f.Rate),
                ["markPrice"] = i % 2 == 0 ? Text(f.Mark) : "",
            })]),
        _ => throw new SimulatedRefusal(Refusal.Invalid, $"no such path {call.Path}"),
    };

    private static bool Is(SimulatedOrder order, System.Collections.Specialized.NameValueCollection fields) =>
        fields["orderId"] is { } id ? IdOf(order) == id : order.ClientId == fields["origClientOrderId"];

    // A triggered stop order keeps its id.
    private static string IdOf(SimulatedOrder order) => order.StopId.Length > 0 ? order.StopId : order.Id;

    private JsonObject Listed(string coin) => new()
    {
        ["symbol"] = NameOf(coin),
        ["status"] = "TRADING",
        ["baseAsset"] = coin,
        ["quoteAsset"] = _terms.Quote,
        ["filters"] = new JsonArray(
            new JsonObject { ["filterType"] = "PRICE_FILTER", ["tickSize"] = Text(_terms.Tick) },
            new JsonObject
            {
                ["filterType"] = "LOT_SIZE",
                ["minQty"] = Text(_terms.MinQuantity),
                ["maxQty"] = "9000.00000000",
                ["stepSize"] = Text(_terms.Lot)
            },
            new JsonObject { ["filterType"] = "NOTIONAL", ["minNotional"] = Text(_terms.MinNotional) }),
    };

    private JsonObject Place(System.Collections.Specialized.NameValueCollection fields)
    {
        decimal Field(string name) => fields[name] is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : 0;
        var (isBuy, stop) = (fields["side"] == "BUY", Field("stopPrice"));
        if (stop > 0 && (isBuy ? stop <= Market.Price : stop >= Market.Price))
            throw new SimulatedRefusal(Refusal.Invalid, "Stop price would trigger immediately.");
        var order = Market.Place(new SimulatedOrder
        {
            Id = "",
            ClientId = fields["newClientOrderId"]!,
            Coin = CoinOf(fields["symbol"]),
            IsBuy = isBuy,
            Limit = Field("price"),
            Stop = stop,
            Above = isBuy,
            Size = Field("quantity"),
            TimeInForce = fields["timeInForce"] ?? "GTC",
            At = Time,
        });
        return new JsonObject
        {
            ["symbol"] = NameOf(order.Coin),
            ["orderId"] = long.Parse(IdOf(order), CultureInfo.InvariantCulture),
            ["clientOrderId"] = order.ClientId
        };
    }

    private static string Status(SimulatedOrder o) => o.IsCancelled ? o.TimeInForce is "IOC" or "FOK" ? "EXPIRED" : "CANCELED"
        : o.Filled == 0 ? "NEW" : o.Filled < o.Size ? "PARTIALLY_FILLED" : "FILLED";

    private JsonObject Order(SimulatedOrder o, bool isCancel = false)
    {
        var order = new JsonObject
        {
            ["symbol"] = NameOf(o.Coin),
            ["orderId"] = long.Parse(IdOf(o), CultureInfo.InvariantCulture),
            ["clientOrderId"] = isCancel ? "cancel-" + o.ClientId : o.ClientId,
            ["price"] = Text(o.Limit),
            ["origQty"] = Text(o.Size),
            ["executedQty"] = Text(o.Filled),
            ["status"] = Status(o),
            ["side"] = o.IsBuy ? "BUY" : "SELL",
        };
        if (isCancel) order["origClientOrderId"] = o.ClientId;
        return order;
    }

    private JsonObject Trade(SimulatedFill f) => new()
    {
        ["symbol"] = NameOf(f.Order.Coin),
        ["id"] = f.Id,
        ["orderId"] = long.Parse(IdOf(f.Order), CultureInfo.InvariantCulture),
        ["price"] = Text(f.Price),
        ["qty"] = Text(f.Size),
        ["commission"] = Text(f.Fee),
        ["commissionAsset"] = f.FeeCurrency,
        ["time"] = f.At.ToUnixTimeMilliseconds(),
        ["isBuyer"] = f.Order.IsBuy,
    };

    private JsonArray Klines(System.Collections.Specialized.NameValueCollection fields)
    {
        // Oldest first, both ends included, at most "limit".
        var (from, to) = (long.Parse(fields["startTime"]!, CultureInfo.InvariantCulture) / 1000,
            long.Parse(fields["endTime"]!, CultureInfo.InvariantCulture) / 1000);
        var limit = int.Parse(fields["limit"] ?? "500", CultureInfo.InvariantCulture);
        var klines = new JsonArray();
        for (var t = (from + 59) / 60 * 60; t <= to && klines.Count < limit; t += 60)
        {
            var c = Market.Candle(t);
            klines.Add(new JsonArray(t * 1000, Text(c.Open), Text(c.High), Text(c.Low), Text(c.Close), Text(c.Volume), t * 1000 + 59_999));
        }
        return klines;
    }

    private void Report(SimulatedOrder o, string kind, SimulatedFill? fill) => Server.Publish("user", new JsonObject
    {
        ["subscriptionId"] = 0,
        ["event"] = new JsonObject
        {
            ["e"] = "executionReport",
            ["E"] = Now,
            ["s"] = NameOf(o.Coin),
            ["c"] = kind == "CANCELED" ? "cancel-" + o.ClientId : o.ClientId,
            ["C"] = kind == "CANCELED" ? o.ClientId : "",
            ["S"] = o.IsBuy ? "BUY" : "SELL",
            ["x"] = kind,
            ["X"] = Status(o),
            ["i"] = long.Parse(IdOf(o), CultureInfo.InvariantCulture),
            ["z"] = Text(o.Filled),
            ["l"] = Text(fill?.Size ?? 0),
            ["L"] = Text(fill?.Price ?? 0),
            ["n"] = Text(fill?.Fee ?? 0),
            ["N"] = fill?.FeeCurrency,
            ["T"] = fill?.At.ToUnixTimeMilliseconds() ?? Now,
            ["t"] = fill?.Id ?? -1,
        },
    }.ToJsonString(), isPrivate: true);

    public override void OnOrder(SimulatedOrder order, string what)
    {
        if (what is "received") Report(order, "NEW", null);
        else if (what is "canceled") Report(order, Status(order) == "EXPIRED" ? "EXPIRED" : "CANCELED", null);
    }

    public override void OnFill(SimulatedFill fill) => Report(fill.Order, "TRADE", fill);

    public override void OnPrice(decimal price)
    {
        foreach (var symbol in _terms.Coins.Select(NameOf))
            Server.Publish("trade", new JsonObject
            {
                ["stream"] = $"{symbol.ToLowerInvariant()}@trade",
                ["data"] = new JsonObject { ["e"] = "trade", ["s"] = symbol, ["p"] = Text(price) },
            }.ToJsonString(), isPrivate: false);
    }

    public override Task WelcomeAsync(ServerSocket socket, string path, string query)
    {
        if (path == "/stream") socket.Follow("trade");
        return Task.CompletedTask;
    }

    public override Task ReceiveAsync(ServerSocket socket, string message)
    {
        var json = JsonElement.Parse(message);
        if (json.GetProperty("method").GetString() != "userDataStream.subscribe.signature")
            return socket.SendAsync("""{"id":"2","status":200,"result":{} }""");
        var given = json.GetProperty("params");
        var (key, time) = (given.GetProperty("apiKey").GetString(), given.GetProperty("timestamp").GetInt64());
        if (key != Key || given.GetProperty("signature").GetString() != Hash($"apiKey={key}&timestamp={time}")
            || Math.Abs(Now - time) > 5000)
            return socket.SendAsync("""{"id":"1","status":400,"error":{"code":-1022,"msg":"Signature for this request is not valid."} }""");
        socket.IsPrivate = true;
        socket.Follow("user");
        return socket.SendAsync("""{"id":"1","status":200,"result":{"subscriptionId":0} }""");
    }
}
