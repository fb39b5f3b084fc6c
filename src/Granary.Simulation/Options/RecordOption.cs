using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Options;

/// <summary>
/// An option: a record property with a <see cref="DescriptionAttribute"/>, named as in JSON. Its type is text, <see cref="bool"/>,
/// <see cref="int"/>, <see cref="long"/>, <see cref="double"/> or <see cref="Address"/>; a long with <see cref="UtcTicks"/> is a time.
/// </summary>
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
        if (Type == typeof(int) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)) return number;
        if (Type == typeof(long) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var large)) return large;
        if (Type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)) return real;
        return Type == typeof(string) ? text
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
        : Type == typeof(bool) ? part.Bool()
        : IsTime ? part.Time()
        : Type == typeof(int) ? part.Whole()
        : Type == typeof(long) ? part.WholeLong(long.MinValue, long.MaxValue)
        : Type == typeof(double) ? part.Number()
        : Type == typeof(Address) ? part.Address()
        : part.String();

    internal void Set(object record, object? value) => _property.SetValue(record, value);
}
