using System.Globalization;
using System.Reflection;
using Granary.Engine.Market;

namespace Granary.Engine.Catalogues;

/// <summary>
/// A named value that a user can set: a parameter of a class in a catalogue, or a key of a record that a file, a command or a request
/// sets.
/// </summary>
/// <param name="name">As users write it.</param>
/// <param name="type">Type of the value. A nullable type stands for its underlying type.</param>
/// <param name="usual">The value without the key; null for none.</param>
public class DeclaredKey(string name, Type type, object? usual)
{
    public string Name { get; } = name;

    /// <summary>Type of the value, never a nullable one.</summary>
    public Type Type { get; } = Nullable.GetUnderlyingType(type) ?? type;

    /// <summary>The value without the key; null for none.</summary>
    public object? Default { get; } = usual;

    /// <summary>The least number; minus infinity for none.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>The greatest number; infinity for none.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>The words of an enumeration, or of a text that allows some words only; empty = any value of the type.</summary>
    public IReadOnlyList<string> Words { get; init; } = (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } values
        ? EnumWords.Of(values) : [];

    public bool IsNumber => Type == typeof(int) || Type == typeof(long) || Type == typeof(double);

    /// <summary>The key that a constructor declares, with its default and its range.</summary>
    public static DeclaredKey From(ParameterInfo parameter)
    {
        var range = parameter.GetCustomAttribute<RangeAttribute>();
        return new DeclaredKey(parameter.Name!, parameter.ParameterType, parameter.HasDefaultValue ? parameter.DefaultValue : null)
        {
            Minimum = range?.Minimum ?? double.NegativeInfinity,
            Maximum = range?.Maximum ?? double.PositiveInfinity,
        };
    }

    /// <summary>Reads a value from text, and checks it against type, range and words.</summary>
    /// <exception cref="InputException">
    /// The text has the wrong type or is out of range; the message names the permitted values.
    /// </exception>
    public object Parse(string text) => Parse(text, $"{Name} = {text}");

    /// <inheritdoc cref="Parse(string)"/>
    /// <param name="given">Key and text as the user wrote them, for the message.</param>
    protected object Parse(string text, string given)
    {
        if (Type == typeof(string)) return Checked(text, given);
        if (Type == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : throw new InputException($"{given}: use true or false");
        if (Type.IsEnum)
            return EnumWords.Find(Type, text) ?? throw new InputException($"{given}: use one of {string.Join(", ", Words)}");
        var isWhole = Type != typeof(double);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new InputException($"{given}: {NeededOf(isWhole ? "whole number" : "number")}");
        if (!isWhole) return Checked(number, given);
        if (number != Math.Floor(number) || Math.Abs(number) > (Type == typeof(int) ? int.MaxValue : 1L << 53))
            throw new InputException($"{given}: {NeededOf("whole number")}");
        return Checked(Type == typeof(int) ? (object)(int)number : (long)number, given);
    }

    // A number can have words that stand for its default.
    private string NeededOf(string what) =>
        Words.Count == 0 ? $"a {what} is needed" : $"write {string.Join(" or ", Words.Select(w => $"'{w}'"))} or a {what}";

    /// <summary>Reads the values of a list, each with the type, range and words of a key.</summary>
    /// <param name="given">Key and text as the user wrote them, for the message.</param>
    /// <exception cref="InputException">A value has the wrong type or is out of range.</exception>
    protected static IReadOnlyList<object> Values(DeclaredKey key, string text, char separator, string given) =>
        [.. QuotedText.Split(text, separator).Select(v => v.Trim()).Where(v => v.Length > 0).Select(v => key.Parse(v, $"{given}: '{v}'"))];

    /// <summary>Checks the range of a number and the words of a text.</summary>
    /// <exception cref="InputException">The value is out of range, or is not one of the words.</exception>
    protected object Checked(object value, string given)
    {
        if (value is string text && Words.Count > 0 && !Words.Contains(text, StringComparer.Ordinal))
            throw new InputException($"{given}: use one of {string.Join(", ", Words)}");
        if (value is int or long or double && Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number
            && (number < Minimum || number > Maximum))
            throw new InputException($"{given} is out of range: {Span(Minimum, Maximum)}");
        return value;
    }

    /// <summary>A range of numbers in words, such as <c>1 … 5</c>.</summary>
    public static string Span(double minimum, double maximum) => (minimum, maximum) switch
    {
        ( > 0 and <= 1e-6, _) => string.Create(CultureInfo.InvariantCulture, $"more than 0, at most {maximum}"),
        (_, >= int.MaxValue) => string.Create(CultureInfo.InvariantCulture, $"at least {minimum}"),
        (double.NegativeInfinity, _) => string.Create(CultureInfo.InvariantCulture, $"at most {maximum}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{minimum} … {maximum}"),
    };

    /// <summary>Converts named arguments to the constructor's order; missing ones take their defaults.</summary>
    /// <param name="owner">The name of the class, for messages.</param>
    /// <param name="named">Values of the parameter's type, or values whose text can be parsed as it.</param>
    /// <exception cref="InputException">
    /// An unknown name, a missing or wrong value; the message is one sentence that can be shown as it is.
    /// </exception>
    public static IReadOnlyList<object> Bind(string owner, IReadOnlyList<DeclaredKey> keys, IReadOnlyDictionary<string, object> named)
    {
        foreach (var name in named.Keys)
            if (keys.All(p => p.Name != name))
                throw new InputException(Unknown(owner, keys, name));
        var arguments = new object[keys.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            var key = keys[i];
            if (!named.TryGetValue(key.Name, out var value))
            {
                arguments[i] = key.Default ?? throw new InputException($"{owner}: {key.Name} is missing and has no default");
                continue;
            }
            try
            {
                arguments[i] = key.Parse(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            }
            catch (InputException e)
            {
                throw e.At(owner);
            }
        }
        return arguments;
    }

    private static string Unknown(string owner, IReadOnlyList<DeclaredKey> keys, string name)
    {
        if (keys.Count == 0) return $"{owner} has no parameters, and '{name}' is given";
        var near = Spelling.Nearest(name, keys.Select(p => p.Name));
        return $"{owner} has no parameter '{name}'"
            + (near is null ? $"; it has {string.Join(", ", keys.Select(p => p.Name))}" : $"; did you mean '{near}'?");
    }
}
