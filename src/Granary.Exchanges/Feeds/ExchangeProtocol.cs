using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Exchanges.Feeds;

/// <summary>Address to connect to now.</summary>
/// <param name="PingEvery">Interval at which the server expects a message from its client; null if it names none.</param>
internal sealed record ExchangeAddress(Uri Uri, TimeSpan? PingEvery = null);

/// <summary>Protocol of one exchange's public websocket: address, subscriptions, and parsing of messages.</summary>
internal abstract class ExchangeProtocol
{
    /// <summary>The name in ws:NAME.</summary>
    public abstract string Name { get; }

    /// <summary>The public endpoint; used unless the configuration gives another.</summary>
    public abstract Uri Endpoint { get; }

    /// <summary>How often the exchange expects a ping from its client.</summary>
    public virtual TimeSpan PingEvery => TimeSpan.FromSeconds(15);

    /// <summary>Finds the address to connect to. Overridden for exchanges that first issue an address or a token.</summary>
    /// <exception cref="HttpRequestException">They could not be had.</exception>
    public virtual Task<ExchangeAddress> FindAsync(Uri endpoint, HttpClient http, CancellationToken cancellationToken) =>
        Task.FromResult(new ExchangeAddress(endpoint));

    /// <summary>Whether the exchange accepts requests only after its welcome message.</summary>
    public virtual bool Welcomes => false;

    /// <summary>Whether the exchange offers klines of this timeframe.</summary>
    public virtual bool Offers(Timeframe timeframe) => true;

    /// <summary>Returns the requests that subscribe to the bars of these markets.</summary>
    public abstract IEnumerable<string> Subscribe(IReadOnlyList<(string Symbol, Timeframe Timeframe)> markets, DateTimeOffset now);

    /// <summary>Returns a ping message; null if the websocket's own ping frames suffice.</summary>
    public abstract string? Ping(DateTimeOffset now);

    /// <summary>Converts a symbol to the exchange's spelling. BTCUSDT, BTC/USDT, BTC-USDT and BTC_USDT are the same symbol.</summary>
    /// <exception cref="BarDataException">It is unclear where the base ends.</exception>
    public string Spell(string symbol)
    {
        if (PairSymbol.Split(symbol) is (var coin, var quote)) return Join(coin, quote);
        throw new BarDataException($"symbol '{symbol}': {Name} cannot tell its two currencies apart; write it as BTC/USDT");
    }

    protected abstract string Join(string coin, string quote);

    /// <summary>Parses a message; returns null if it contains nothing of use.</summary>
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

    /// <summary>Returns the bar if its prices are valid; otherwise throws.</summary>
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
        throw new FormatException($"'{name}' is not a timeframe of {Name}");
    }
}
