using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Exchanges.Tests.Server;

/// <summary>What KuCoin's markets have in common, as www.kucoin.com/docs-new describes it: key version 3, times within five
/// seconds.</summary>
internal abstract class KucoinDialect(MarketTerms terms) : VenueDialect(terms)
{
    /// <summary>The permission that trades this market.</summary>
    protected abstract string Permission { get; }

    /// <summary>Whether a path of the market needs no key.</summary>
    protected abstract bool IsPublic(ApiCall call);

    /// <summary>The data of an answer.</summary>
    protected abstract JsonNode? Data(ApiCall call);

    public override ApiReply Handle(ApiCall call)
    {
        if (IsTooMany()) return Error(429, "429000", "Too many requests in a short period of time, please retry later",
            ("gw-ratelimit-reset", "300"));
        if (call.Path is not ("/api/v1/timestamp" or "/api/v1/bullet-public") && !IsPublic(call) && Refused(call) is { } refused)
        {
            Refusals.Add(refused.Body);
            return refused;
        }
        try
        {
            return new ApiReply(200, new JsonObject { ["code"] = "200000", ["data"] = Common(call) }.ToJsonString());
        }
        catch (SimulatedRefusal e)
        {
            return e.Why switch
            {
                Refusal.Insufficient => Error(200, "200004", e.Message),
                Refusal.ReduceOnly => Error(200, "300009", e.Message),
                Refusal.Unknown => Error(200, "400100", e.Message),
                Refusal.Duplicate => Error(200, "400100", "The clientOid is duplicate."),
                _ => Error(200, "400100", e.Message),
            };
        }
    }

    private static ApiReply Error(int status, string code, string message, params (string, string)[] headers) =>
        new(status, new JsonObject { ["code"] = code, ["msg"] = message }.ToJsonString()) { Headers = headers };

    private ApiReply? Refused(ApiCall call)
    {
        if (call.Header("KC-API-KEY") != Key) return Error(401, "400003", "KC-API-KEY not exists");
        if (call.Header("KC-API-KEY-VERSION") != "3") return Error(401, "400009", "Invalid KC-API-KEY-VERSION.");
        if (call.Header("KC-API-PASSPHRASE") != Hash(Passphrase)) return Error(401, "400004", "Invalid KC-API-PASSPHRASE.");
        if (!long.TryParse(call.Header("KC-API-TIMESTAMP"), out var time) || Math.Abs(Now - time) > 5000)
            return Error(401, "400002", "Invalid KC-API-TIMESTAMP.");
        return call.Header("KC-API-SIGN") == Hash(call.Header("KC-API-TIMESTAMP") + call.Method + call.PathAndQuery + call.Body) ? null
            : Error(401, "400005", "Invalid KC-API-SIGN.");
    }

    private static string Hash(string text) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));

    private JsonNode? Common(ApiCall call) => (call.Method, call.Path) switch
    {
        ("GET", "/api/v1/timestamp") => Now,
        ("GET", "/api/v1/user/api-key") => new JsonObject
        {
            ["permission"] = Permissions.Length > 0 ? Permissions : $"General,{Permission}",
            ["apiVersion"] = 3
        },
        ("POST", "/api/v1/bullet-private" or "/api/v1/bullet-public") => Bullet(call.Path.EndsWith("private", StringComparison.Ordinal)),
        _ => Data(call),
    };

    private JsonObject Bullet(bool isPrivate) => new()
    {
        ["token"] = isPrivate ? "private+token==" : "public+token==",
        ["instanceServers"] = new JsonArray(new JsonObject { ["endpoint"] = Server.Sockets, ["pingInterval"] = 18000 }),
    };

    /// <summary>The last part of a path.</summary>
    protected static string Last(ApiCall call) => call.Path[(call.Path.LastIndexOf('/') + 1)..];

    public override Task WelcomeAsync(ServerSocket socket, string path, string query)
    {
        socket.IsPrivate = ApiCall.Values(query).GetValueOrDefault("token") == "private+token==";
        return socket.SendAsync("""{"id":"granary","type":"welcome"}""");
    }

    public override Task ReceiveAsync(ServerSocket socket, string message)
    {
        var json = JsonElement.Parse(message);
        var id = json.GetProperty("id").GetString();
        if (json.GetProperty("type").GetString() == "ping") return socket.SendAsync($$"""{"id":"{{id}}","type":"pong"}""");
        var topic = json.GetProperty("topic").GetString()!;
        socket.Follow(topic);
        return socket.SendAsync($$"""{"id":"{{id}}","type":"ack"}""");
    }
}
