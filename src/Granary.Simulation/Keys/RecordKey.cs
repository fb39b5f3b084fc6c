using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Keys;

/// <summary>
/// A key of a record: a property with a <see cref="KeyAttribute"/>. <see cref="KeyType"/> lists the types that it can have; a long with
/// <see cref="UtcTicks"/> is a time.
/// </summary>
internal sealed class RecordKey : DeclaredKey
{
    private readonly PropertyInfo _property;
    private readonly KeyAttribute _declared;
    private readonly Lazy<KeyType> _type;

    internal RecordKey(PropertyInfo property, object defaults)
        : base(property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name),
            property.PropertyType, property.GetValue(defaults))
    {
        (_property, _declared) = (property, property.GetCustomAttribute<KeyAttribute>()!);
        IsRequired = property.IsDefined(typeof(RequiredMemberAttribute));
        IsTime = property.GetCustomAttribute<JsonConverterAttribute>()?.ConverterType == typeof(UtcTicks);
        if (property.GetCustomAttribute<RangeAttribute>() is { } range) (Minimum, Maximum) = (range.Minimum, range.Maximum);
        if (Type == typeof(Timeframe)) Words = [.. Timeframe.All.Select(t => t.ToString())];
        if (_declared.Words is { } words) Words = words.Split(' ');
        _type = new Lazy<KeyType>(() => KeyType.Of(Type));
    }

    /// <summary>Name on the command line, such as <c>--max-gap</c>.</summary>
    public string Flag => "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(Name);

    public string Help => _declared.Description;

    public bool IsRequired { get; }

    /// <summary>Whether the value is a time in UTC ticks.</summary>
    public bool IsTime { get; }

    /// <inheritdoc cref="KeyAttribute.Without"/>
    public string? Without => _declared.Without;

    /// <inheritdoc cref="KeyAttribute.Reach"/>
    public KeyReach Reach => _declared.Reach;

    /// <inheritdoc cref="KeyAttribute.IsAlwaysWritten"/>
    public bool IsAlwaysWritten => _declared.IsAlwaysWritten;

    /// <inheritdoc cref="KeyAttribute.Placeholder"/>
    public string? Placeholder => _declared.Placeholder;

    /// <inheritdoc cref="KeyAttribute.Offers"/>
    public string? Offers => _declared.Offers;

    /// <summary>Whether the value is a list of texts or numbers.</summary>
    public bool IsList => Element is not null;

    // The type of the values of a list of texts or numbers; null for other types.
    private Type? Element => Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        && Type.GetGenericArguments()[0] is var element && (element == typeof(string) || element.IsPrimitive) ? element : null;

    /// <summary>The default as <see cref="Read(string, string, Place?)"/> takes it; null for none.</summary>
    public string? DefaultText => Default is IEnumerable list and not string && list.Cast<object>().ToList() is { Count: > 0 } values
        ? string.Join(_declared.Separator, values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)))
        : Default as string;

    // Words beside a value that is no word itself.
    private bool StandForNone => Words.Count > 0 && Type != typeof(string) && Type != typeof(Timeframe) && !Type.IsEnum
        && !Type.IsGenericType;

    /// <summary>The value in a record.</summary>
    public object? Of(object record) => _property.GetValue(record);

    /// <summary>Whether a record has the default.</summary>
    public bool IsUsual(object record) => Equals(Of(record), Default)
        || Of(record) is ICollection { Count: 0 } && Default is ICollection { Count: 0 };

    /// <summary>The value in the identity of a trial. The ledger of trials has it, so it must not change.</summary>
    public string Identity(object record) => _type.Value.Identity(Of(record)!);

    /// <summary>Sets the value in a new record.</summary>
    public void Set(object record, object? value) => _property.SetValue(record, value);

    // ---- text ----

    /// <summary>Reads a value from text.</summary>
    /// <param name="name">The key as the user wrote it.</param>
    /// <param name="place">Base folder of a relative address; null for the current folder.</param>
    /// <exception cref="InputException">The text is not a valid value of the key's type.</exception>
    public object Read(string name, string text, Place? place = null)
    {
        if (IsTime) return UtcTicks.Read(name, text);
        if (Element is { } element) return List(name, text, element);
        if (Type == typeof(DateOnly))
            return Day(text) ?? throw new InputException($"{name} {text} is not a day; write it as 2024-01-31");
        try
        {
            return Type == typeof(Address) ? (place ?? new Place("")).Address(text) : Parse(text, $"{name} {text}");
        }
        catch (BarDataException e)
        {
            throw new InputException($"{name}: {e.Message}", e);
        }
    }

    private Array List(string name, string text, Type element)
    {
        var key = new DeclaredKey(Name, element, null) { Minimum = Minimum, Maximum = Maximum, Words = Words };
        var values = Values(key, text, _declared.Separator, $"{name} {text}");
        var list = Array.CreateInstance(element, values.Count);
        for (var i = 0; i < values.Count; i++) list.SetValue(values[i], i);
        return list;
    }

    /// <summary>Reads a day; null for other text.</summary>
    internal static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>Whether a text is a word that stands for the default.</summary>
    public bool IsWordForDefault(string text) => StandForNone && Words.Contains(text, StringComparer.Ordinal);

    /// <summary>Checks the range and the words of a value from the command line.</summary>
    /// <exception cref="InputException">The value is out of range, or is not one of the words.</exception>
    public object Check(string name, object value) => Checked(value, FormattableString.Invariant($"{name} {value}"));

    // ---- JSON ----

    internal object? Read(JsonPart part)
    {
        if (part.Kind == JsonValueKind.Null && !IsRequired) return Default;
        if (part.Kind == JsonValueKind.String && IsWordForDefault(part.Text)) return null;
        return IsTime ? part.Time() : _type.Value.Read(part, this);
    }

    /// <summary>Writes the value of a record so that reading restores it.</summary>
    public void WriteValue(Utf8JsonWriter json, object record)
    {
        if (Of(record) is not { } value) json.WriteNullValue();
        else if (IsTime) json.WriteStringValue(UtcTicks.Text((long)value));
        else _type.Value.Write(json, value);
    }

    /// <summary>Describes the key as JSON Schema; <c>format</c> is <see cref="Offers"/>.</summary>
    public JsonObject ToSchema()
    {
        // A date alone is allowed, which JSON Schema's date-time does not accept.
        var value = IsTime ? new JsonObject { ["type"] = "string", ["format"] = "iso-8601" } : _type.Value.Schema(this);
        var schema = StandForNone
            ? new JsonObject { ["anyOf"] = new JsonArray(value, new JsonObject { ["enum"] = KeyType.Words(Words) }) } : value;
        schema["description"] = Help.Replace("`", "", StringComparison.Ordinal);
        if (!IsRequired && Without is null && Default is not null and not Timeframe) schema["default"] = UsualJson();
        return schema;
    }

    /// <summary>Writes the default.</summary>
    public void WriteDefault(Utf8JsonWriter json)
    {
        if (Default is not null) _type.Value.Write(json, Default);
        else json.WriteNullValue();
    }

    internal JsonNode? UsualJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) WriteDefault(json);
        return JsonNode.Parse(buffer.ToArray());
    }
}
