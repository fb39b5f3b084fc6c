using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Exchanges.Tests.Server;

/// <summary>What Gate.io's markets have in common, as www.gate.io/docs/developers/apiv4 describes it: times within sixty seconds, texts
/// that may be used again, price-triggered orders without a text.</summary>
internal abstract class GateioDialect(MarketTerms terms) : VenueDialect(terms)
{
    private const string Prefix = "/api/v4";

    // Gate.io does not refuse a text that was used before.
    public override SimulatedMarket Market { get; } = new(terms) { ForgetsFinalIds = true };

    public override bool IsOrder(ApiCall call) => call.Method == "POST"
        && (call.Path.EndsWith("/orders", StringComparison.Ordinal) || call.Path.EndsWith("/price_orders", StringComparison.Ordinal));

    /// <summary>Whether a path of the market needs no key.</summary>
    protected abstract bool IsPublic(string path);

    /// <summary>The data of an answer.</summary>
    protected abstract JsonNode? Data(ApiCall call, string path, string last);

    public override ApiReply Handle(ApiCall call)
    {
        if (IsTooMany())
            return Error(429, "TOO_MANY_REQUESTS", "Request Rate limit Exceeded",
                ("X-Gate-RateLimit-Reset-Timestamp", $"{Now / 1000 + 1}"));
        var path = call.Path[Prefix.Length..];
        if (path != "/spot/time" && !IsPublic(path) && Refused(call) is { } refused)
        {
            Refusals.Add(refused.Body);
            return refused;
        }
        try
        {
            return Common(call, path) is { } data ? new ApiReply(200, data.ToJsonString()) : Error(404, "ORDER_NOT_FOUND",
                "Order not found");
        }
        catch (SimulatedRefusal e)
        {
            return e.Why switch
            {
                Refusal.Insufficient => Error(400, "BALANCE_NOT_ENOUGH", "Not enough balance"),
                Refusal.ReduceOnly => Error(400, "POSITION_EMPTY", e.Message),
                Refusal.Unknown => Error(404, "ORDER_NOT_FOUND", "Order not found"),
                _ => Error(400, "INVALID_PARAM_VALUE", e.Message),
            };
        }
    }

    private static ApiReply Error(int status, string label, string message, params (string, string)[] headers) =>
        new(status, new JsonObject { ["label"] = label, ["message"] = message }.ToJsonString()) { Headers = headers };

    private ApiReply? Refused(ApiCall call)
    {
        if (call.Header("KEY") != Key) return Error(401, "INVALID_KEY", "Invalid key provided");
        if (!long.TryParse(call.Header("Timestamp"), out var time) || Math.Abs(Now / 1000 - time) > 60)
            return Error(403, "REQUEST_EXPIRED", "gap between request Timestamp and server time exceeds 60");
        // The documentation has this for orders alone.
        if (call.Path.EndsWith("/orders", StringComparison.Ordinal) && long.TryParse(call.Header("x-gate-exptime"), out var until)
            && until < Now)
            return Error(400, "REQUEST_EXPIRED", "request was received after its expiration time");
        var body = Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(call.Body)));
        return call.Header("SIGN") == Hash($"{call.Method}\n{call.Path}\n{call.Query}\n{body}\n{call.Header("Timestamp")}") ? null
            : Error(401, "INVALID_SIGNATURE", "Signature mismatch");
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(HMACSHA512.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));

    private JsonNode? Common(ApiCall call, string path) => path == "/spot/time" ? new JsonObject { ["server_time"] = Now }
        : Data(call, path, path[(path.LastIndexOf('/') + 1)..]);

    protected static bool Is(SimulatedOrder order, string id) =>
        id.StartsWith("t-", StringComparison.Ordinal) ? order.ClientId == id[2..] : order.Id == id;

    protected static string StopId(SimulatedOrder order) => order.StopId.Length > 0 ? order.StopId : order.Id;

    protected static int Decimals(decimal step)
    {
        var decimals = 0;
        for (; step < 1; step *= 10) decimals++;
        return decimals;
    }

    protected static decimal Number(JsonNode? node) => decimal.Parse(node?.ToString() is { Length: > 0 } text ? text : "0",
        CultureInfo.InvariantCulture);

    protected void Publish(string channel, JsonNode result, bool isPrivate) => Server.Publish(channel, new JsonObject
    {
        ["time"] = Now / 1000,
        ["channel"] = channel,
        ["event"] = "update",
        ["result"] = result,
    }.ToJsonString(), isPrivate);

    public override Task ReceiveAsync(ServerSocket socket, string message)
    {
        var json = JsonElement.Parse(message);
        var channel = json.GetProperty("channel").GetString()!;
        if (channel.EndsWith(".ping", StringComparison.Ordinal)) return socket.SendAsync($$"""{"channel":"{{channel}}","event":""}""");
        if (json.TryGetProperty("auth", out var auth))
        {
            var text = $"channel={channel}&event={json.GetProperty("event").GetString()}&time={json.GetProperty("time").GetInt64()}";
            if (auth.GetProperty("KEY").GetString() != Key || auth.GetProperty("SIGN").GetString() != Hash(text))
                return socket.SendAsync(
                    $$"""{"channel":"{{channel}}","event":"subscribe","error":{"code":4,"message":"authentication fail"} }""");
            socket.IsPrivate = true;
        }
        socket.Follow(channel);
        return socket.SendAsync($$"""{"channel":"{{channel}}","event":"subscribe","result":{"status":"success"} }""");
    }
}
