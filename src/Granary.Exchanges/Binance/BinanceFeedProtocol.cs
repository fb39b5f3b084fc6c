using System.Text.Json;
using Granary.Engine.Market;
using Granary.Exchanges.Feeds;

namespace Granary.Exchanges.Binance;

/// <summary>Binance's combined streams: SYMBOL@kline_1m reports in "x" whether a bar is closed. The server sends the pings.</summary>
internal sealed class BinanceFeedProtocol : ExchangeProtocol
{
    public override string Name => "binance";

    public override Uri Endpoint { get; } = new("wss://stream.binance.com:9443/stream");

    protected override string Join(string coin, string quote) => coin + quote;

    public override bool Offers(Timeframe timeframe) => timeframe != Timeframe.M10;

    private static string Spelled(Timeframe timeframe) => timeframe == Timeframe.Mo1 ? "1M" : timeframe.ToString();

    public override IEnumerable<string> Subscribe(IReadOnlyList<(string Symbol, Timeframe Timeframe)> markets, DateTimeOffset now)
    {
        var streams = markets.Select(m => $"{m.Symbol.ToLowerInvariant()}@kline_{Spelled(m.Timeframe)}");
        yield return JsonSerializer.Serialize(new { method = "SUBSCRIBE", @params = streams, id = 1 });
    }

    public override string? Ping(DateTimeOffset now) =>
        JsonSerializer.Serialize(new { method = "LIST_SUBSCRIPTIONS", id = now.ToUnixTimeMilliseconds() });

    protected override ExchangeMessage? Read(JsonElement message)
    {
        if (message.TryGetProperty("error", out var error)) return new ExchangeRefusal(0, error.GetProperty("msg").GetString()!);
        // Binance documents this form of an error beside the one that is wrapped in "error".
        if (message.TryGetProperty("code", out _) && message.TryGetProperty("msg", out var said))
            return new ExchangeRefusal(0, said.GetString()!);
        if (message.TryGetProperty("id", out _)) return new ExchangeSign(0);
        if (message.TryGetProperty("data", out var data)) message = data;
        var time = Milliseconds(message.GetProperty("E").GetInt64());
        switch (message.GetProperty("e").GetString())
        {
            case "kline":
                var k = message.GetProperty("k");
                return new ExchangeKline(time, k.GetProperty("s").GetString()!, Length(k.GetProperty("i").GetString()!, Spelled),
                    Checked(new Bar(Milliseconds(k.GetProperty("t").GetInt64()), Number(k.GetProperty("o")), Number(k.GetProperty("h")),
                        Number(k.GetProperty("l")), Number(k.GetProperty("c")), Number(k.GetProperty("v")))),
                    k.GetProperty("x").GetBoolean());
            default:
                return null;
        }
    }
}
