using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>
/// Converts facts to journal entries and back. The kind of a fact is the name of its type. Strategy and symbol are stored outside of the
/// body, where journals filter by them.
/// </summary>
internal static class JournalCodec
{
    private static readonly Type[] Kinds =
    [
        typeof(SessionStarted), typeof(BarsTaken), typeof(SignalDecided), typeof(EntrySkipped), typeof(OrderIntended), typeof(StopMoved),
        typeof(OrderAnswered), typeof(VenueReported), typeof(OrderClosed), typeof(TradeChanged),
        typeof(PositionChanged), typeof(WeightsChanged), typeof(WeightsDecided), typeof(PolicyChanged), typeof(EnablementChanged),
        typeof(SessionControlled), typeof(Reconciled), typeof(DeploymentSwitched), typeof(OrderChanged),
        typeof(SessionChanged), typeof(PortfolioActed), typeof(ModelChanged), typeof(ModelWatched), typeof(RatesTaken),
    ];

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new TimeframeJson(), new JournalInstrument() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers =
            {
                JournalTime.Apply,
                static info =>
                {
                    if (!info.Type.IsAssignableTo(typeof(JournalEvent))) return;
                    for (var i = info.Properties.Count - 1; i >= 0; i--)
                        if (info.Properties[i].Name is "strategy" or "symbol")
                            info.Properties.RemoveAt(i);
                },
            },
        },
    };

    private static readonly FrozenDictionary<string,
        JsonTypeInfo> ByName = Kinds.ToFrozenDictionary(k => k.Name, Json.GetTypeInfo, StringComparer.Ordinal);
    private static readonly FrozenDictionary<Type, JsonTypeInfo> ByType = Kinds.ToFrozenDictionary(k => k, Json.GetTypeInfo);

    /// <summary>The kinds of entries in journals.</summary>
    public static IReadOnlyList<string> KindNames { get; } = [.. Kinds.Select(k => k.Name)];

    public static JournalEntry Encode(long sequence, DateTimeOffset at, JournalEvent e) =>
        new(sequence, at, e.GetType().Name, e.Strategy, e.Symbol, JsonSerializer.SerializeToUtf8Bytes(e, ByType[e.GetType()]));

    /// <exception cref="JournalException">A newer version of Granary wrote the entry, or it is damaged.</exception>
    public static JournalEvent Decode(JournalEntry entry)
    {
        if (!ByName.TryGetValue(entry.Kind, out var type))
            throw new JournalException($"entry {entry.Sequence} of the journal is a "
                + $"'{entry.Kind}', which this Granary does not know; update it");
        try
        {
            return ((JournalEvent)JsonSerializer.Deserialize(entry.Body.Span, type)!) with
            {
                Strategy = entry.Strategy,
                Symbol = entry.Symbol
            };
        }
        catch (JsonException e)
        {
            throw new JournalException($"entry {entry.Sequence} of the journal ({entry.Kind}) cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }
}
