using System.Globalization;
using System.Reflection;
using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>A parameter of a strategy or factor, as its constructor declares it.</summary>
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

    /// <summary>A value from text, checked against type and range.</summary>
    /// <exception cref="ArgumentException">Not of the type, or out of the range; the message says which is allowed.</exception>
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
}

/// <summary>A factor of the catalogue: what may be asked for, and how to make its kernel.</summary>
public sealed class FactorDefinition
{
    private readonly ConstructorInfo _constructor;

    /// <param name="kernel">The class of the factor; it has one public constructor.</param>
    /// <param name="attribute">The attribute of the class.</param>
    public FactorDefinition(Type kernel, FactorAttribute attribute)
    {
        _constructor = kernel.GetConstructors().Single();
        Kernel = kernel;
        Name = attribute.Name;
        Summary = attribute.Summary;
        Formula = attribute.Formula;
        Source = attribute.Source;
        Range = attribute.Range;
        Undefined = attribute.Undefined;
        Lines = attribute.Lines.Split(',');
        Parameters = [.. _constructor.GetParameters().Select(ParameterDefinition.From)];
    }

    public Type Kernel { get; }

    public string Name { get; }

    public string Summary { get; }

    public string Formula { get; }

    public string Source { get; }

    public string Range { get; }

    /// <summary>When a value is NaN though the factor is warm; "" = never.</summary>
    public string Undefined { get; }

    /// <summary>Line names; the first is what the factor means without a line name.</summary>
    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<ParameterDefinition> Parameters { get; }

    /// <param name="arguments">One for each parameter, of its type.</param>
    /// <exception cref="ArgumentException">Each argument is in its range, but not all of them together.</exception>
    public FactorKernel Create(IReadOnlyList<object> arguments) =>
        (FactorKernel)_constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. arguments], CultureInfo.InvariantCulture);
}
