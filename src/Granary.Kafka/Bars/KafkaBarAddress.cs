using System.Globalization;
using System.Text;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Kafka.Bars;

/// <summary>
/// Where bars are published and read: <c>kafka://HOST:PORT[,HOST:PORT]/TOPIC?option=value&amp;…</c>. The topic may be left out: then it is
/// <c>granary.bars.</c> and the timeframe.
/// </summary>
public sealed record KafkaBarAddress
{
    private static readonly string[] Options = ["topics", "form", "partitions", "group", "timeout"];

    /// <summary>As HOST:PORT,HOST:PORT.</summary>
    public required string Brokers { get; init; }

    /// <summary>As written; null for the default.</summary>
    public string? Topic { get; init; }

    /// <summary>
    /// <c>topics=symbol</c>: each symbol has a topic of its own, TOPIC.SYMBOL; else all are in one, keyed by VENUE:SYMBOL.
    /// </summary>
    public bool TopicPerSymbol { get; init; }

    /// <summary><c>form=json</c>: what is published is JSON. A reader takes both forms, mixed as they may be.</summary>
    public bool Json { get; init; }

    /// <summary><c>partitions=N</c>: of topics that are made; 4.</summary>
    public int Partitions { get; init; } = 4;

    /// <summary>
    /// <c>group=NAME</c>: the consumer group that shares the partitions and whose positions the brokers keep; null reads all of them and
    /// keeps nothing.
    /// </summary>
    public string? Group { get; init; }

    /// <summary><c>timeout=5s</c> in seconds: how long brokers may take to answer the first question; 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="BarDataException">It is no such address; one sentence.</exception>
    public static KafkaBarAddress Of(Address parsed)
    {
        if (parsed.Scheme != Address.Kafka || !parsed.Rest.StartsWith("//", StringComparison.Ordinal))
            throw new BarDataException($"'{parsed}' is no address of Kafka; write kafka://HOST:PORT/TOPIC");
        var rest = parsed.Body;
        var slash = rest.IndexOf('/');
        var topic = slash < 0 ? "" : rest[(slash + 1)..];
        var brokers = slash < 0 ? rest : rest[..slash];
        foreach (var broker in brokers.Split(','))
        {
            var colon = broker.LastIndexOf(':');
            if (colon <= 0 || !ushort.TryParse(broker.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || port == 0 || broker.AsSpan(0, colon).ContainsAny(" \t@/"))
                throw new BarDataException($"'{parsed}': '{broker}' is no broker; write kafka://HOST:PORT/TOPIC");
        }
        if (topic.Length > 0 && (topic.Length > 200 || topic is "." or ".." || !topic.All(Legal)))
            throw new BarDataException($"'{parsed}': '{topic}' is no name of a topic; use up to 200 letters, digits, dots, '-' and '_'");
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

    /// <summary>Makes clients.</summary>
    public KafkaEndpoint Endpoint => new(Brokers);

    /// <summary>The topic of a timeframe's bars, or with a topic for each symbol the name that theirs begin with.</summary>
    public string TopicOf(Timeframe timeframe) => Topic ?? "granary.bars." + timeframe;

    /// <summary>
    /// The topic of a market. A symbol that comes from outside can be no other topic's name: what is not a letter or digit is written _XX.
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
