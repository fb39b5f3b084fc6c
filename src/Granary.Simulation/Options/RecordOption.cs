using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Options;

/// <summary>
/// An option: a record property with a <see cref="DescriptionAttribute"/>, named as in JSON. Its type is text, <see cref="bool"/>,
/// <see cref="int"/>, <see cref="long"/>, <see cref="double"/>, <see cref="Timeframe"/> or <see cref="Address"/>, a list of texts or of
/// addresses, or a <see cref="JsonPart"/>, which is an object; a long with <see cref="UtcTicks"/> is a time.
/// </summary>
/// <remarks>
/// <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/> limits a number.
/// <see cref="AllowedValuesAttribute"/> lists the words of a text; of a number, the words that
/// stand for its default. <see cref="DataTypeAttribute"/> says what a form offers, such as <c>run</c>; an address of the type <c>file</c>
/// is a path.
/// </remarks>
public sealed class RecordOption
{
    private readonly PropertyInfo _property;

    internal RecordOption(PropertyInfo property, object defaults)
    {
        _property = property;
        Key = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Name = "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(Key);
        Help = property.GetCustomAttribute<DescriptionAttribute>()!.Description;
        IsRequired = property.IsDefined(typeof(RequiredMemberAttribute));
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        IsTime = property.GetCustomAttribute<JsonConverterAttribute>()?.ConverterType == typeof(UtcTicks);
        Default = property.GetValue(defaults);
        var range = property.GetCustomAttribute<System.ComponentModel.DataAnnotations.RangeAttribute>();
        Minimum = Limit(range?.Minimum);
        Maximum = Limit(range?.Maximum);
        Words = Type == typeof(Timeframe) ? [.. Timeframe.All.Select(t => t.ToString())]
            : [.. property.GetCustomAttribute<AllowedValuesAttribute>()?.Values.Cast<string>() ?? []];
        Offers = property.GetCustomAttribute<DataTypeAttribute>()?.CustomDataType;
    }

    /// <summary>Name in JSON and in a query, such as <c>maxGap</c>.</summary>
    public string Key { get; }

    /// <summary>Name on the command line, such as <c>--max-gap</c>.</summary>
    public string Name { get; }

    public string Help { get; }

    public bool IsRequired { get; }

    /// <summary>Type of the value, without <see cref="Nullable{T}"/>.</summary>
    public Type Type { get; }

    /// <summary>Whether the value is a time in UTC ticks.</summary>
    public bool IsTime { get; }

    /// <summary>Value if the option is not given; null for none.</summary>
    public object? Default { get; }

    /// <summary>The smallest number; null = none.</summary>
    public double? Minimum { get; }

    /// <summary>The largest number; null = none.</summary>
    public double? Maximum { get; }

    /// <summary>The words of a text; empty = any text. Of a number, the words that stand for its default.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The kind of values that a form offers: <c>run</c>, <c>store</c>, <c>file</c> or another; null if none.</summary>
    public string? Offers { get; }

    // The extremes of the types stand for no limit.
    private static double? Limit(object? value) => value is null or int.MinValue or int.MaxValue or double.MinValue or double.MaxValue
        ? null : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private bool IsList => Type == typeof(IReadOnlyList<string>) || Type == typeof(IReadOnlyList<Address>);

    /// <summary>Describes an object of options as JSON Schema.</summary>
    public static JsonObject SchemaOf(IReadOnlyList<RecordOption> options)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(options.Select(o => KeyValuePair.Create(o.Key, (JsonNode?)o.ToSchema()))),
            ["additionalProperties"] = false,
        };
        var required = options.Where(o => o.IsRequired).Select(o => (JsonNode)o.Key).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        return schema;
    }

    /// <summary>Describes the option as JSON Schema; <c>format</c> is <see cref="Offers"/>.</summary>
    public JsonObject ToSchema()
    {
        var value = new JsonObject
        {
            ["type"] = Type == typeof(bool) ? "boolean" : IsTime ? "string" : Type == typeof(int) || Type == typeof(long) ? "integer"
                : Type == typeof(double) ? "number" : Type == typeof(JsonPart) ? "object" : "string",
        };
        if (Minimum is { } minimum) value["minimum"] = minimum;
        if (Maximum is { } maximum) value["maximum"] = maximum;
        if ((IsTime ? "date-time" : Offers) is { } format) value["format"] = format;
        var words = Words.Count == 0 ? null : new JsonArray([.. Words.Select(w => (JsonNode)w)]);
        if (words is not null && (string?)value["type"] == "string") (value["enum"], words) = (words, null);
        var schema = words is not null ? new JsonObject { ["anyOf"] = new JsonArray(value, new JsonObject { ["enum"] = words }) }
            : IsList ? new JsonObject
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "array", ["items"] = value, ["minItems"] = 1 }, value.DeepClone()),
            }
            : value;
        schema["description"] = Help;
        if (Default is not null and not Timeframe && !IsRequired) schema["default"] = JsonSerializer.SerializeToNode(Default, Type);
        return schema;
    }

    /// <summary>Checks the range and the words of a value from the command line.</summary>
    /// <exception cref="InputException">The value is out of range, or is not one of the words.</exception>
    public object Checked(string name, object value)
    {
        if (value is string text && Words.Count > 0 && !Words.Contains(text, StringComparer.Ordinal))
            throw new InputException($"{name} {text}: use one of {string.Join(", ", Words)}");
        var (least, most) = (Minimum ?? double.NegativeInfinity, Maximum ?? double.PositiveInfinity);
        if (value is int or long or double && Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number
            && (number < least || number > most))
            throw new InputException(FormattableString.Invariant($"{name} {number} is out of range: {JsonPart.Span(least, most)}"));
        return value;
    }

    /// <summary>Reads a value from text.</summary>
    /// <param name="name">The option's name as the user wrote it.</param>
    /// <param name="place">Base folder of a relative address; null for the current folder.</param>
    /// <exception cref="InputException">The text is not a valid value of the option's type.</exception>
    public object Read(string name, string text, Place? place = null)
    {
        if (Type == typeof(bool))
            return bool.TryParse(text, out var yes) ? yes : throw new InputException($"{name} {text}: use true or false");
        if (IsTime) return UtcTicks.Read(name, text);
        if (Type == typeof(Address)) return AddressOf(name, text, place ?? new Place(""));
        if (Type == typeof(int) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            return Checked(name, number);
        if (Type == typeof(long) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var large))
            return Checked(name, large);
        if (Type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real))
            return Checked(name, real);
        return Type == typeof(string) ? Checked(name, text)
            : throw new InputException($"{name} {text}: a {(Type == typeof(double) ? "" : "whole ")}number is needed");
    }

    private static Address AddressOf(string name, string text, Place place)
    {
        try
        {
            return place.Address(text);
        }
        catch (BarDataException e)
        {
            throw new InputException($"{name}: {e.Message}", e);
        }
    }

    internal object? Read(JsonPart part) => part.Kind == JsonValueKind.Null && !IsRequired ? Default
        : Type != typeof(string) && Type != typeof(Timeframe) && part.Kind == JsonValueKind.String
            && Words.Contains(part.Text, StringComparer.Ordinal) ? Default
        : Type == typeof(bool) ? part.Bool()
        : IsTime ? part.Time()
        : Type == typeof(int) ? part.Whole((int)(Minimum ?? int.MinValue), (int)(Maximum ?? int.MaxValue))
        : Type == typeof(long) ? part.WholeLong((long)(Minimum ?? long.MinValue), (long)(Maximum ?? long.MaxValue))
        : Type == typeof(double) ? part.Number(Minimum ?? double.NegativeInfinity, Maximum ?? double.PositiveInfinity)
        : Type == typeof(Timeframe) ? part.Choice([.. Timeframe.All.Select(t => (t.ToString(), t))])
        : Type == typeof(Address) ? AddressOf(part)
        : Type == typeof(IReadOnlyList<Address>) ? part.OneOrMany().Select(AddressOf).ToList()
        : Type == typeof(IReadOnlyList<string>) ? part.OneOrMany().Select(p => p.String()).ToList()
        : Type == typeof(JsonPart) ? part
        : Words.Count > 0 ? part.Choice([.. Words.Select(w => (w, w))])
        : part.String();

    private Address AddressOf(JsonPart part) => Offers == "file" ? part.Address(Address.Plain) : part.Address();

    internal void Set(object record, object? value) => _property.SetValue(record, value);
}
