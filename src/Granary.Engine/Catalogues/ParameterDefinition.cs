using System.Globalization;
using System.Reflection;
using Granary.Engine.Market;

namespace Granary.Engine.Catalogues;

/// <summary>A parameter of a class in a catalogue, as its constructor declares it.</summary>
/// <param name="Type">int, double, bool, string or an enum.</param>
public sealed record ParameterDefinition(string Name, Type Type, object? Default, double Minimum, double Maximum)
{
    /// <summary>The parameter that a constructor declares, with its default and its range.</summary>
    public static ParameterDefinition From(ParameterInfo parameter)
    {
        var range = parameter.GetCustomAttribute<RangeAttribute>();
        return new ParameterDefinition(parameter.Name!, parameter.ParameterType,
            parameter.HasDefaultValue ? parameter.DefaultValue : null,
            range?.Minimum ?? double.NegativeInfinity, range?.Maximum ?? double.PositiveInfinity);
    }

    public bool IsNumber => Type == typeof(int) || Type == typeof(double);

    /// <summary>Parses a value and checks it against type and range.</summary>
    /// <exception cref="ArgumentException">
    /// The text has the wrong type or is out of range; the message names the permitted values.
    /// </exception>
    public object Parse(string text)
    {
        if (Type == typeof(string)) return text;
        if (Type == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : throw new ArgumentException($"{Name} = {text}: use true or false");
        if (Type.IsEnum)
            return Enum.TryParse(Type, text, ignoreCase: true, out var member) && Enum.IsDefined(Type, member!)
                ? member!
                : throw new ArgumentException($"{Name} = {text}: use one of {string.Join(", ", Enum.GetNames(Type)).ToLowerInvariant()}");
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new ArgumentException($"{Name} = {text}: a number is needed");
        if (Type == typeof(int) && (number != Math.Floor(number) || Math.Abs(number) > int.MaxValue))
            throw new ArgumentException($"{Name} = {text}: a whole number is needed");
        if (number < Minimum || number > Maximum)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{Name} = {text} is out of range: {Minimum} … {Maximum}"));
        return Type == typeof(int) ? (object)(int)number : number;
    }

    /// <summary>Converts named arguments to the constructor's order; missing ones take their defaults.</summary>
    /// <param name="owner">The name of the class, for messages.</param>
    /// <param name="named">Values of the parameter's type, or values whose text can be parsed as it.</param>
    /// <exception cref="ArgumentException">
    /// An unknown name, a missing or wrong value; the message is one sentence that can be shown as it is.
    /// </exception>
    public static IReadOnlyList<object> Bind(string owner, IReadOnlyList<ParameterDefinition> parameters,
        IReadOnlyDictionary<string, object> named)
    {
        foreach (var name in named.Keys)
            if (parameters.All(p => p.Name != name))
                throw new ArgumentException(Unknown(owner, parameters, name));
        var arguments = new object[parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = parameters[i];
            if (!named.TryGetValue(parameter.Name, out var value))
            {
                arguments[i] = parameter.Default ?? throw new ArgumentException($"{owner}: {parameter.Name} is missing and has no default");
                continue;
            }
            try
            {
                arguments[i] = parameter.Parse(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"{owner}: {e.Message}", e);
            }
        }
        return arguments;
    }

    private static string Unknown(string owner, IReadOnlyList<ParameterDefinition> parameters, string name)
    {
        if (parameters.Count == 0) return $"{owner} has no parameters, and '{name}' is given";
        var near = Spelling.Nearest(name, parameters.Select(p => p.Name));
        return $"{owner} has no parameter '{name}'"
            + (near is null ? $"; it has {string.Join(", ", parameters.Select(p => p.Name))}" : $"; did you mean '{near}'?");
    }
}
