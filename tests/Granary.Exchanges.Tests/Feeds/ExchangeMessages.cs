using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Exchanges.Tests.Feeds;

/// <summary>Messages as the exchanges' documentation has them.</summary>
internal static class ExchangeMessages
{
    public static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    public static long Ms(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    /// <summary>A kline as the exchange's documentation has it.</summary>
    /// <param name="at">Seconds after the bar's open, by the exchange's clock.</param>
    public static string Kline(string exchange, Bar bar, bool closed, double at, string coin = "BTC")
    {
        var time = bar.Time + (long)(at * TimeSpan.TicksPerSecond);
        return exchange switch
        {
            "binance" =>
                $$"""
                    {"stream":"{{coin.ToLowerInvariant()}}usdt@kline_1m","data":{"e":"kline","E":{{Ms(time)}},"s":"{{coin}}USDT",
                      "k":{"t":{{Ms(bar.Time)}},"T":{{Ms(bar.Time) + 59999}},"s":"{{coin}}USDT","i":"1m","f":100,"L":200,
                      "o":"{{Text(bar.Open)}}","c":"{{Text(bar.Close)}}","h":"{{Text(bar.High)}}","l":"{{Text(bar.Low)}}",
                      "v":"{{Text(bar.Volume)}}","n":100,"x":{{(closed ? "true" : "false")}},"q":"1.0000","V":"500","Q":"0.500",
                      "B":"123456"} } }
                    """,
            "gateio" => $$"""
                {"time":{{Ms(time) / 1000}},"time_ms":{{Ms(time)}},"channel":"spot.candlesticks","event":"update",
                  "result":{"t":"{{Ms(bar.Time) / 1000}}","v":"2362.32035","c":"{{Text(bar.Close)}}","h":"{{Text(bar.High)}}",
                  "l":"{{Text(bar.Low)}}","o":"{{Text(bar.Open)}}","n":"1m_{{coin}}_USDT","a":"{{Text(bar.Volume)}}",
                  "w":{{(closed ? "true" : "false")}} } }
                """,
            _ => $$"""
                {"type":"message","topic":"/market/candles:{{coin}}-USDT_1min","subject":"trade.candles.update",
                  "data":{"symbol":"{{coin}}-USDT","candles":["{{Ms(bar.Time) / 1000}}","{{Text(bar.Open)}}","{{Text(bar.Close)}}",
                  "{{Text(bar.High)}}","{{Text(bar.Low)}}","{{Text(bar.Volume)}}","268280.09830877"],"time":{{Ms(time)}}000000} }
                """,
        };
    }

    public static string Sign(string exchange) => exchange switch
    {
        "binance" => """{"result":null,"id":1}""",
        "gateio" => """
            {"time":1606292218,"time_ms":1606292218231,"channel":"spot.candlesticks","event":"subscribe","error":null,
              "result":{"status":"success"}}
            """,
        _ => """{"id":"hQvf8jkno","type":"welcome"}""",
    };
}
