using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Funding;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Keys;

/// <summary>
/// A type of values that a <see cref="RecordKey"/> can have. Simple ones are text, <see cref="bool"/>, numbers, enumerations,
/// <see cref="Timeframe"/>, <see cref="CalendarSpan"/>, <see cref="WindowSpan"/>, <see cref="TimeSpan"/> (a length of time),
/// <see cref="TimeOnly"/> (a time of day), <see cref="DateOnly"/>, <see cref="Address"/>, <see cref="SizeRule"/>,
/// <see cref="SessionCalendar"/>, <see cref="FundingSources"/>, <see cref="FxSource"/> and <see cref="BorrowSource"/>. A
/// <see cref="JsonPart"/> is any object, or with <see cref="AnyValue"/> any JSON. A record of keys can be a value too, and so can lists of
/// values and objects of values by name. Text stands for a record with a <see cref="ShortFormAttribute"/>.
/// </summary>
/// <param name="Read">Reads a value of the file.</param>
/// <param name="Write">Writes the value so that <paramref name="Read"/> restores it.</param>
/// <param name="Schema">Describes the value as JSON Schema.</param>
internal sealed record KeyType(Func<JsonPart, RecordKey, object?> Read, Action<Utf8JsonWriter, object> Write,
    Func<RecordKey, JsonObject> Schema)
{
    /// <summary>The <see cref="RecordKey.Offers"/> of a key that takes any JSON, which its reader checks.</summary>
    public const string AnyValue = "any";

    private static readonly FrozenDictionary<Type, KeyType> s_simple = new Dictionary<Type, KeyType>
    {
        [typeof(bool)] = new((part, _) => part.Bool(), (json, v) => json.WriteBooleanValue((bool)v), _ => Type("boolean")),
        [typeof(int)] = new((part, key) => part.Whole((int)Math.Max(key.Minimum, int.MinValue), (int)Math.Min(key.Maximum, int.MaxValue)),
            (json, v) => json.WriteNumberValue((int)v), key => Number("integer", key)),
        [typeof(long)] = new((part, key) => part.WholeLong((long)Math.Max(key.Minimum, long.MinValue), key.Maximum < long.MaxValue
            ? (long)key.Maximum : long.MaxValue), (json, v) => json.WriteNumberValue((long)v), key => Number("integer", key)),
        [typeof(double)] = new((part, key) => part.Number(key.Minimum, key.Maximum), (json, v) => json.WriteNumberValue((double)v),
            key => Number("number", key)),
        // A column is the text of its header, or its number from 1.
        [typeof(string)] = new((part, key) => key.Offers == "column" && part.Kind == JsonValueKind.Number
            ? part.Whole(1, 10_000).ToString(CultureInfo.InvariantCulture)
            : key.Words.Count > 0 ? part.Choice([.. key.Words.Select(w => (w, w))]) : part.String(),
            (json, v) => json.WriteStringValue((string)v), Text),
        [typeof(Timeframe)] = new((part, _) => part.Timeframe(),
            (json, v) => json.WriteStringValue(v.ToString()), Text),
        [typeof(CalendarSpan)] = new((part, _) => part.CalendarSpan(), (json, v) => json.WriteStringValue(v.ToString()),
            _ => Pattern("^[0-9]{1,5}(h|d|w|mo|y)$")),
        [typeof(WindowSpan)] = new((part, _) => WindowSpan.TryParse(part.String(), out var span) ? span
                : part.Wrong($"'{part.Text}' is not a span of time or a number of bars; write 30d, 13w, 3mo, 1y or 500bars", span),
            (json, v) => json.WriteStringValue(v.ToString()), _ => Pattern("^([0-9]{1,5}(h|d|w|mo|y)|[0-9]{1,8}bars)$")),
        [typeof(TimeSpan)] = new((part, _) => part.Duration(), (json, v) => json.WriteStringValue(Text((TimeSpan)v)),
            _ => Pattern("^[1-9][0-9]*[mhd]$"))
        { Identity = v => ((TimeSpan)v).Ticks.ToString(CultureInfo.InvariantCulture) },
        [typeof(TimeOnly)] = new((part, _) => part.TimeOfDay(),
            (json, v) => json.WriteStringValue(((TimeOnly)v).ToString(((TimeOnly)v).Second == 0 ? "HH:mm" : "HH:mm:ss",
                CultureInfo.InvariantCulture)), _ => Pattern("^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"))
        { Identity = v => ((TimeOnly)v).ToString("HH:mm:ss", CultureInfo.InvariantCulture) },
        [typeof(DateOnly)] = new((part, _) => RecordKey.Day(part.String())
                ?? part.Wrong($"'{part.Text}' is not a day; write it as 2024-01-31", DateOnly.MinValue),
            (json, v) => json.WriteStringValue(((DateOnly)v).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            _ => new JsonObject { ["type"] = "string", ["format"] = "date" }),
        [typeof(Address)] = new((part, key) => key.Offers switch
            {
                "file" => part.Address(Address.Plain),
                "registry" => part.Address(Address.Plain, Address.Postgres),
                _ => part.Address(),
            },
            (json, v) => json.WriteStringValue(((Address)v).Written), Text),
        [typeof(JsonPart)] = new((part, key) => part.Kind == JsonValueKind.Object || key.Offers == AnyValue ? part
            : part.Wrong("an object is needed", part), (json, v) => ((JsonPart)v).WriteTo(json),
            key => key.Offers == AnyValue ? [] : Type("object")),
        [typeof(SizeRule)] = SizeKey.Type,
        [typeof(SessionCalendar)] = SessionKey.Type,
        [typeof(FundingSources)] = FundingKey.Type,
        [typeof(FxSource)] = FxKey.Type,
        [typeof(BorrowSource)] = BorrowKey.Type,
    }.ToFrozenDictionary();

    /// <summary>Names the value in the identity of a trial.</summary>
    public Func<object, string> Identity { get; init; } = value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>The key type of a type of values.</summary>
    public static KeyType Of(Type type)
    {
        if (s_simple.GetValueOrDefault(type) is { } simple) return simple;
        if (!type.IsGenericType) return type.IsEnum ? Enumeration(type) : Record(type);
        return type.GetGenericArguments() is [var element] ? List(element) : ByName(type.GetGenericArguments()[1]);
    }

    private static KeyType Enumeration(Type type) => new((part, key) => part.Choice(
            [.. key.Words.Select(w => (w, EnumWords.Find(type, w)!))]),
        (json, v) => json.WriteStringValue(EnumWords.Of((Enum)v)), Text);

    private static KeyType Record(Type type)
    {
        var keys = RecordKeys.Of(type);
        var shortForm = keys.FirstOrDefault(k => k.Name == type.GetCustomAttribute<ShortFormAttribute>()?.Key);
        return new KeyType((part, _) => RecordKeys.Read(type, keys, part), (json, v) =>
        {
            json.WriteStartObject();
            RecordKeys.Write(json, v, keys);
            json.WriteEndObject();
        }, _ => shortForm is null ? RecordKeys.Schema(keys)
            : new JsonObject { ["anyOf"] = new JsonArray(shortForm.ToSchema(), RecordKeys.Schema(keys)) })
        .NamedByJson();
    }

    private static KeyType List(Type element)
    {
        var type = Of(element);
        var isMany = !element.IsClass || element == typeof(string) || element == typeof(Address)
            || element.IsDefined(typeof(ShortFormAttribute));
        return new KeyType((part, key) =>
        {
            var items = isMany ? part.OneOrMany() : part.List();
            var list = Array.CreateInstance(element, items.Count);
            for (var i = 0; i < items.Count; i++) list.SetValue(type.Read(items[i], key), i);
            return list;
        }, (json, v) =>
        {
            json.WriteStartArray();
            foreach (var item in (System.Collections.IEnumerable)v) type.Write(json, item);
            json.WriteEndArray();
        }, key =>
        {
            var list = new JsonObject { ["type"] = "array", ["items"] = type.Schema(key) };
            if (!isMany) return list;
            list["minItems"] = key.IsRequired ? 1 : 0;
            return new JsonObject { ["anyOf"] = new JsonArray(list, type.Schema(key)) };
        })
        .NamedByJson();
    }

    private static KeyType ByName(Type element)
    {
        var type = Of(element);
        var table = typeof(Dictionary<,>).MakeGenericType(typeof(string), element);
        return new KeyType((part, key) =>
        {
            if (part.Kind != JsonValueKind.Object) part.Wrong("an object by name is needed", 0);
            var named = (System.Collections.IDictionary)Activator.CreateInstance(table)!;
            foreach (var (name, value) in part.Members) named[name] = type.Read(value, key);
            return named;
        }, (json, v) =>
        {
            json.WriteStartObject();
            foreach (System.Collections.DictionaryEntry entry in (System.Collections.IDictionary)v)
            {
                json.WritePropertyName((string)entry.Key);
                type.Write(json, entry.Value!);
            }
            json.WriteEndObject();
        }, key => new JsonObject { ["type"] = "object", ["additionalProperties"] = type.Schema(key) })
        .NamedByJson();
    }

    // A value of several parts is named by what a file says of it.
    private KeyType NamedByJson() => this with
    {
        Identity = value =>
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer)) Write(json, value);
            return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
        },
    };

    // The largest unit of which the length is a multiple.
    private static string Text(TimeSpan time) =>
        time.Ticks % TimeSpan.TicksPerDay == 0 ? $"{time.Ticks / TimeSpan.TicksPerDay}d"
        : time.Ticks % TimeSpan.TicksPerHour == 0 ? $"{time.Ticks / TimeSpan.TicksPerHour}h"
        : $"{time.Ticks / TimeSpan.TicksPerMinute}m";

    // ---- schemas ----

    /// <summary>Words as a list of a schema.</summary>
    public static JsonArray Words(IReadOnlyList<string> words) => [.. words.Select(w => (JsonNode)w)];

    private static JsonObject Type(string name) => new() { ["type"] = name };

    private static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Number(string type, RecordKey key)
    {
        var schema = Type(type);
        if (double.IsFinite(key.Minimum)) schema["minimum"] = key.Minimum;
        if (double.IsFinite(key.Maximum) && key.Maximum is not (int.MaxValue or double.MaxValue)) schema["maximum"] = key.Maximum;
        return schema;
    }

    private static JsonObject Text(RecordKey key)
    {
        var schema = Type("string");
        if (key.Offers == "column") schema["type"] = new JsonArray("string", "integer");
        else if (key.Offers is { } offers) schema["format"] = offers;
        if (key.Words.Count > 0) schema["enum"] = Words(key.Words);
        return schema;
    }
}
