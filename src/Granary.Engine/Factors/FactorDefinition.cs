using System.Globalization;
using System.Reflection;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Factors;

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
        Parameters = [.. _constructor.GetParameters().Select(DeclaredKey.From)];
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

    public IReadOnlyList<DeclaredKey> Parameters { get; }

    /// <param name="arguments">One for each parameter, of its type.</param>
    /// <exception cref="ArgumentException">Each argument is in its range, but not all of them together.</exception>
    public FactorKernel Create(IReadOnlyList<object> arguments) =>
        (FactorKernel)_constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. arguments], CultureInfo.InvariantCulture);
}
