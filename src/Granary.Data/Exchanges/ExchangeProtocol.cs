using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Engine.Market;

namespace Granary.Data.Exchanges;

/// <summary>Where to connect now.</summary>
/// <param name="PingEvery">How often this server wants to hear from its client; null where it does not say.</param>
public sealed record ExchangeAddress(Uri Uri, TimeSpan? PingEvery = null);

/// <summary>How to speak with one exchange's public websocket: where it is, how to subscribe, what its messages mean.</summary>
public abstract class ExchangeProtocol
{
    // Longest first, so that BTCUSDT is not BTCUSD and a T.
    private static readonly string[] Quotes = ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "TRY", "BTC", "ETH", "BNB",
        "KCS", "GT"];

    /// <summary>As in ws:NAME.</summary>
    public abstract string Name { get; }

    /// <summary>The public endpoint, unless another is given.</summary>
    public abstract Uri Endpoint { get; }

    /// <summary>How often the exchange wants to hear from its client, where it does.</summary>
    public virtual TimeSpan PingEvery => TimeSpan.FromSeconds(15);

    /// <summary>Where to connect now: for exchanges that hand out addresses and tokens first.</summary>
    /// <exception cref="HttpRequestException">They could not be had.</exception>
    public virtual Task<ExchangeAddress> FindAsync(Uri endpoint, HttpClient http, CancellationToken cancellationToken) =>
        Task.FromResult(new ExchangeAddress(endpoint));

    /// <summary>Whether the exchange takes requests only once it has welcomed its client.</summary>
    public virtual bool Welcomes => false;

    /// <summary>Whether the exchange has klines of this length.</summary>
    public virtual bool Offers(Timeframe timeframe) => true;

    /// <summary>Asks for bars.</summary>
    public abstract IEnumerable<string> Subscribe(IReadOnlyList<(string Symbol, Timeframe Timeframe)> markets, DateTimeOffset now);

    /// <summary>A sign of life, null where frames of the websocket itself do.</summary>
    public abstract string? Ping(DateTimeOffset now);

    /// <summary>How the exchange spells a symbol: BTCUSDT, BTC/USDT, BTC-USDT and BTC_USDT are the same.</summary>
    /// <exception cref="BarDataException">It is unclear where the base ends.</exception>
    public string Spell(string symbol)
    {
        var cut = symbol.IndexOfAny(['/', '-', '_']);
        if (cut > 0 && cut < symbol.Length - 1)
        {
            var (coin, quote) = (symbol[..cut].ToUpperInvariant(), symbol[(cut + 1)..].ToUpperInvariant());
            // What else stands in a name from outside could name another channel.
            if (coin.All(char.IsAsciiLetterOrDigit) && quote.All(char.IsAsciiLetterOrDigit)) return Join(coin, quote);
        }
        var upper = symbol.ToUpperInvariant();
        foreach (var quote in Quotes)
            if (upper.EndsWith(quote, StringComparison.Ordinal) && upper.Length > quote.Length && upper.All(char.IsAsciiLetterOrDigit))
                return Join(upper[..^quote.Length], quote);
        throw new BarDataException($"symbol '{symbol}': {Name} cannot tell its two currencies apart; write it as BTC/USDT");
    }

    protected abstract string Join(string coin, string quote);

    /// <summary>What a message says; null where it says nothing that is of use here.</summary>
    /// <exception cref="FormatException">It is not a message of this exchange.</exception>
    public ExchangeMessage? Read(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var json = JsonDocument.Parse(message);
            return Read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or IndexOutOfRangeException or OverflowException or ArgumentException)
        {
            var text = Encoding.UTF8.GetString(message.Span[..Math.Min(message.Length, 120)]);
            throw new FormatException($"{Name} sent what is none of its documented messages: {text}", e);
        }
    }

    protected abstract ExchangeMessage? Read(JsonElement message);

    protected static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetDouble()
            : double.Parse(value.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);

    protected static long Whole(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetInt64()
            : long.Parse(value.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    protected static long Milliseconds(long time) => DateTime.UnixEpoch.Ticks + time * TimeSpan.TicksPerMillisecond;

    protected static long Seconds(long time) => DateTime.UnixEpoch.Ticks + time * TimeSpan.TicksPerSecond;

    /// <summary>A bar whose prices can be true.</summary>
    protected static Bar Checked(Bar bar) =>
        bar.Low > 0 && bar.Low <= Math.Min(bar.Open, bar.Close) && bar.High >= Math.Max(bar.Open, bar.Close) && double.IsFinite(bar.High)
            && bar.Volume >= 0
            ? bar
            : throw new FormatException("the prices of a bar contradict one another");

    protected Timeframe Length(string name, Func<Timeframe, string> spell)
    {
        foreach (var timeframe in Timeframe.All)
            if (spell(timeframe) == name)
                return timeframe;
        throw new FormatException($"'{name}' is no timeframe of {Name}");
    }

    /// <summary>All exchanges, by name.</summary>
    public static IReadOnlyList<ExchangeProtocol> All { get; } = [new Binance(), new Gateio(), new Kucoin()];
}
