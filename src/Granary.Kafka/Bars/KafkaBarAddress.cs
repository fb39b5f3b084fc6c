using System.Globalization;
using System.Text;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Kafka.Bars;

/// <summary>
/// Address at which bars are published and read: <c>kafka://HOST:PORT[,HOST:PORT]/TOPIC?option=value&amp;…</c>. The default topic is
/// <c>granary.bars.</c> followed by the timeframe.
/// </summary>
internal sealed record KafkaBarAddress
{
    private static readonly string[] Options = ["topics", "form", "partitions", "group", "timeout"];

    /// <summary>The brokers, as HOST:PORT,HOST:PORT.</summary>
    public required string Brokers { get; init; }

    /// <summary>The topic as written; null for the default.</summary>
    public string? Topic { get; init; }

    /// <summary>
    /// <c>topics=symbol</c>: each symbol has its own topic, TOPIC.SYMBOL. Otherwise one topic carries all symbols, keyed by VENUE:SYMBOL.
    /// </summary>
    public bool TopicPerSymbol { get; init; }

    /// <summary><c>form=json</c>: bars are published as JSON. Readers accept both forms, also mixed in one topic.</summary>
    public bool Json { get; init; }

    /// <summary><c>partitions=N</c>: the number of partitions of topics that Granary creates; 4 by default.</summary>
    public int Partitions { get; init; } = 4;

    /// <summary>
    /// <c>group=NAME</c>: the consumer group that shares the partitions; the brokers keep its positions. Null reads all partitions and
    /// keeps no position.
    /// </summary>
    public string? Group { get; init; }

    /// <summary><c>timeout=5s</c>: how long the brokers may take to answer the first request; 10 s by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="BarDataException">The address is not a valid Kafka address; one sentence.</exception>
    public static KafkaBarAddress Of(Address parsed)
    {
        if (parsed.Scheme != Address.Kafka || !parsed.Rest.StartsWith("//", StringComparison.Ordinal))
            throw new BarDataException($"'{parsed}' is not a Kafka address; write kafka://HOST:PORT/TOPIC");
        // Brokers have no at sign. What is before one is a password, which no message may show in part.
        if (parsed.Rest.Contains('@', StringComparison.Ordinal))
            throw new BarDataException($"'{parsed}': Granary connects to Kafka without user and password; write kafka://HOST:PORT/TOPIC");
        var rest = parsed.Body;
        var slash = rest.IndexOf('/');
        var topic = slash < 0 ? "" : rest[(slash + 1)..];
        var brokers = slash < 0 ? rest : rest[..slash];
        foreach (var broker in brokers.Split(','))
        {
            var colon = broker.LastIndexOf(':');
            if (colon <= 0 || !ushort.TryParse(broker.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || port == 0 || broker.AsSpan(0, colon).ContainsAny(" \t@/"))
                throw new BarDataException($"'{parsed}': '{broker}' is not a broker address; write kafka://HOST:PORT/TOPIC");
        }
        if (topic.Length > 0 && (topic.Length > 200 || topic is "." or ".." || !topic.All(Legal)))
            throw new BarDataException(
                $"'{parsed}': '{topic}' is not a valid topic name; use up to 200 letters, digits, dots, '-' and '_'");
        var address = new KafkaBarAddress { Brokers = brokers, Topic = topic.Length > 0 ? topic : null };
        foreach (var (name, value) in parsed.Options(Options))
        {
            address = (name, value) switch
            {
                ("topics", "symbol") => address with { TopicPerSymbol = true },
                ("topics", "timeframe") => address with { TopicPerSymbol = false },
                ("form", "json") => address with { Json = true },
                ("form", "binary") => address with { Json = false },
                ("partitions", _) when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    && n is > 0 and <= 1000 => address with { Partitions = n },
                ("group", { Length: > 0 and <= 200 }) => address with { Group = value },
                ("timeout", _) when value.EndsWith('s')
                    && int.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var s)
                    && s is > 0 and <= 600 => address with { Timeout = TimeSpan.FromSeconds(s) },
                _ => throw new BarDataException($"'{parsed}': {name} cannot be '{value}'; see docs/data.md for its values"),
            };
        }
        return address;
    }

    /// <summary>Creates clients of the brokers.</summary>
    public KafkaEndpoint Endpoint => new(Brokers) { More = More };

    /// <inheritdoc cref="KafkaEndpoint.More"/>
    internal IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    /// <summary>The topic of a timeframe's bars; with one topic per symbol, the prefix of their names.</summary>
    public string TopicOf(Timeframe timeframe) => Topic ?? "granary.bars." + timeframe;

    /// <summary>
    /// The topic of a market. Characters other than letters and digits are escaped as _XX, so no symbol can address another topic.
    /// </summary>
    /// <exception cref="BarDataException">The name would be too long for a topic.</exception>
    public string TopicOf(Timeframe timeframe, string symbol)
    {
        if (!TopicPerSymbol) return TopicOf(timeframe);
        var name = new StringBuilder(TopicOf(timeframe)).Append('.');
        foreach (var b in Encoding.UTF8.GetBytes(symbol))
        {
            if (b < 128 && char.IsAsciiLetterOrDigit((char)b) || b == '-') name.Append((char)b);
            else name.Append('_').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return name.Length is > 0 and < 250 && symbol.Length > 0 ? name.ToString()
            : throw new BarDataException($"symbol '{symbol}': its topic's name would have {name.Length} characters; Kafka takes 249");
    }

    private static bool Legal(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';
}
