using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Exchanges.Feeds;

namespace Granary.Exchanges.Kucoin;

/// <summary>
/// KuCoin's public websocket. POST /api/v1/bullet-public returns an address, a token and the ping interval. The server accepts requests
/// after its welcome message. Candles are [start, open, close, high, low, volume, turnover]. They do not say when they are closed; the next
/// candle shows it.
/// </summary>
internal sealed class KucoinFeedProtocol : ExchangeProtocol
{
    public override string Name => "kucoin";

    public override Uri Endpoint { get; } = new("https://api.kucoin.com/");

    protected override string Join(string coin, string quote) => $"{coin}-{quote}";

    public override bool Welcomes => true;

    public override async Task<ExchangeAddress> FindAsync(Uri endpoint, HttpClient http, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsync(new Uri(endpoint, "api/v1/bullet-public"), null, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken).ConfigureAwait(false);
        if (answer.GetProperty("code").GetString() != "200000") throw new HttpRequestException($"KuCoin hands out no token: {answer}");
        var data = answer.GetProperty("data");
        var server = data.GetProperty("instanceServers")[0];
        var every = server.TryGetProperty("pingInterval", out var interval) && interval.TryGetDouble(out var ms) && ms > 0
            ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        return new ExchangeAddress(new Uri(
            $"{server.GetProperty("endpoint").GetString()}?token={Uri.EscapeDataString(data.GetProperty("token").GetString()!)}&connectId="
                + $"{Guid.NewGuid():N}"), every);
    }

    public override bool Offers(Timeframe timeframe) => timeframe != Timeframe.M10;

    private static string Spelled(Timeframe timeframe)
    {
        if (timeframe == Timeframe.Mo1) return "1month";
        var name = timeframe.ToString();
        return name[..^1] + name[^1] switch { 'm' => "min", 'h' => "hour", 'd' => "day", _ => "week" };
    }

    public override IEnumerable<string> Subscribe(IReadOnlyList<(string Symbol, Timeframe Timeframe)> markets, DateTimeOffset now)
    {
        foreach (var (symbol, timeframe) in markets) yield return Topic($"/market/candles:{symbol}_{Spelled(timeframe)}");

        string Topic(string topic) => JsonSerializer.Serialize(new
        {
            id = now.ToUnixTimeMilliseconds()
            .ToString(CultureInfo.InvariantCulture),
            type = "subscribe",
            topic,
            privateChannel = false,
            response = true
        });
    }

    public override string? Ping(DateTimeOffset now) =>
        JsonSerializer.Serialize(new { id = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), type = "ping" });

    protected override ExchangeMessage? Read(JsonElement message)
    {
        switch (message.GetProperty("type").GetString())
        {
            case "welcome":
                return new ExchangeSign(0, IsWelcome: true);
            case "ack" or "pong":
                return new ExchangeSign(0);
            case "error":
                return new ExchangeRefusal(0, message.GetProperty("data").ToString());
            case "message":
                break;
            default:
                return null;
        }
        var topic = message.GetProperty("topic").GetString()!;
        var data = message.GetProperty("data");
        if (topic.StartsWith("/market/candles:", StringComparison.Ordinal))
        {
            var name = topic["/market/candles:".Length..];
            var cut = name.LastIndexOf('_');
            var c = data.GetProperty("candles");
            var bar = new Bar(Seconds(Whole(c[0])), Number(c[1]), Number(c[3]), Number(c[4]), Number(c[2]), Number(c[5]));
            return new ExchangeKline(DateTime.UnixEpoch.Ticks + data.GetProperty("time").GetInt64() / 100, name[..cut],
                Length(name[(cut + 1)..], Spelled), Checked(bar), null);
        }
        return null;
    }
}
