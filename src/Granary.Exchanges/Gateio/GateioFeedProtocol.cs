using System.Globalization;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Exchanges.Feeds;

namespace Granary.Exchanges.Gateio;

/// <summary>
/// Gate.io's spot websocket, version 4. spot.candlesticks reports in "w" whether a bar is closed; "a" is the volume in base currency.
/// </summary>
internal sealed class GateioFeedProtocol : ExchangeProtocol
{
    public override string Name => "gateio";

    public override Uri Endpoint { get; } = new("wss://api.gateio.ws/ws/v4/");

    protected override string Join(string coin, string quote) => $"{coin}_{quote}";

    public override bool Offers(Timeframe timeframe) => timeframe != Timeframe.M3 && timeframe != Timeframe.M10 && timeframe != Timeframe.H2
        && timeframe != Timeframe.H6 && timeframe != Timeframe.H12 && timeframe != Timeframe.Mo1;

    private static string Spelled(Timeframe timeframe) => timeframe == Timeframe.W1 ? "7d" : timeframe.ToString();

    public override IEnumerable<string> Subscribe(IReadOnlyList<(string Symbol, Timeframe Timeframe)> markets, DateTimeOffset now)
    {
        foreach (var (symbol, timeframe) in markets)
            yield return JsonSerializer.Serialize(new
            {
                time = now.ToUnixTimeSeconds(),
                channel = "spot.candlesticks",
                @event = "subscribe",
                payload = new[] { Spelled(timeframe), symbol }
            });
    }

    public override string? Ping(DateTimeOffset now) =>
        JsonSerializer.Serialize(new { time = now.ToUnixTimeSeconds(), channel = "spot.ping" });

    protected override ExchangeMessage? Read(JsonElement message)
    {
        var time = message.TryGetProperty("time_ms", out var ms) ? Milliseconds(ms.GetInt64())
            : message.TryGetProperty("time", out var s) ? Seconds(s.GetInt64()) : 0;
        if (message.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
            return new ExchangeRefusal(time, error.GetProperty("message").GetString()!);
        var channel = message.GetProperty("channel").GetString();
        if (!message.TryGetProperty("event", out var kind) || kind.GetString() != "update") return new ExchangeSign(time);
        var result = message.GetProperty("result");
        switch (channel)
        {
            case "spot.candlesticks":
                var name = result.GetProperty("n").GetString()!;
                var cut = name.IndexOf('_');
                var bar = new Bar(Seconds(Whole(result.GetProperty("t"))), Number(result.GetProperty("o")), Number(result.GetProperty("h")),
                    Number(result.GetProperty("l")), Number(result.GetProperty("c")),
                    result.TryGetProperty("a", out var amount) ? Number(amount) : 0);
                return new ExchangeKline(time, name[(cut + 1)..], Length(name[..cut], Spelled), Checked(bar),
                    result.TryGetProperty("w", out var closed) ? closed.GetBoolean() : null);
            default:
                return null;
        }
    }
}
