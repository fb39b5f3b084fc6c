using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Strategies;

/// <summary>A strategy of the catalogue: what may be set on it, and how to make one.</summary>
public sealed class StrategyDefinition
{
    private readonly ConstructorInfo _constructor;
    private readonly FactorCatalogue _factors;

    // Of the constructor's parameters: an object where the catalogue gives it, null where it is one of the strategy's.
    private readonly object?[] _services;

    internal StrategyDefinition(Type type, StrategyServices services)
    {
        var constructors = type.GetConstructors();
        if (constructors.Length != 1)
            throw new ArgumentException($"the strategy {type} has {constructors.Length} public constructors; it needs one, whose "
                + $"parameters are the strategy's");
        _constructor = constructors[0];
        _factors = services.Factors;
        var parameters = _constructor.GetParameters();
        _services = [.. parameters.Select(p =>
            p.ParameterType.IsValueType || p.ParameterType == typeof(string) ? null : services.For(p.ParameterType))];
        Type = type;
        var attribute = type.GetCustomAttribute<StrategyAttribute>();
        Summary = attribute?.Summary ?? "";
        WorksIn = attribute?.WorksIn ?? "";
        LosesIn = attribute?.LosesIn ?? "";
        Source = attribute?.Source ?? "";
        Parameters = [.. parameters.Where((_, i) => _services[i] is null).Select(DeclaredKey.From)];
        foreach (var parameter in Parameters)
            if (parameter.Type != typeof(int) && parameter.Type != typeof(double) && parameter.Type != typeof(bool)
                && parameter.Type != typeof(string) && !parameter.Type.IsEnum)
                throw new ArgumentException($"the parameter '{parameter.Name}' of the "
                    + $"strategy {type} is a {parameter.Type.Name}; use int, double, bool, string or an enum");
    }

    public Type Type { get; }

    /// <summary>The class's name: what a batch file gives as <c>class</c>.</summary>
    public string Name => Type.Name;

    /// <summary>One sentence; "" where the class carries no <see cref="StrategyAttribute"/>.</summary>
    public string Summary { get; }

    public string WorksIn { get; }

    public string LosesIn { get; }

    public string Source { get; }

    /// <summary>
    /// Whether one instance trades all the batch's symbols together, as a <see cref="Backtesting.MultiSymbolRun"/>, instead of one.
    /// </summary>
    public bool IsMultiSymbol => Type.IsSubclassOf(typeof(MultiSymbolStrategy));

    /// <summary>In the constructor's order.</summary>
    public IReadOnlyList<DeclaredKey> Parameters { get; }

    /// <summary>Converts named arguments to the constructor's order; missing ones take their defaults.</summary>
    /// <param name="named">Values of the parameter's type, or values whose text can be parsed as it.</param>
    /// <exception cref="InputException">
    /// An unknown name, a missing or wrong value; the message is one sentence that can be shown as it is.
    /// </exception>
    public IReadOnlyList<object> Bind(IReadOnlyDictionary<string, object> named) => DeclaredKey.Bind(Name, Parameters, named);

    /// <summary>A new instance, for one run.</summary>
    /// <param name="arguments">As <see cref="Bind"/> gives them.</param>
    /// <exception cref="InputException">Each argument is in its range, but not all of them together.</exception>
    public Strategy Create(IReadOnlyList<object> arguments)
    {
        try
        {
            var next = 0;
            object?[] all = [.. _services.Select(service => service ?? arguments[next++])];
            // The constructor declares factors, so the strategy has its catalogue before that runs.
            var strategy = (Strategy)RuntimeHelpers.GetUninitializedObject(Type);
            strategy.SetAvailableFactors(_factors);
            _constructor.Invoke(strategy, BindingFlags.DoNotWrapExceptions, null, all, CultureInfo.InvariantCulture);
            return strategy;
        }
        catch (Exception e) when (e is ArgumentException or InputException)
        {
            throw new InputException($"{Text(arguments)}: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="Create(IReadOnlyList{object})"/>
    public Strategy Create(IReadOnlyDictionary<string, object> named) => Create(Bind(named));

    /// <summary>
    /// Class and arguments as they stand in a strategy's id, as "SmaCross(fast=10,slow=30)": every parameter, in the constructor's order.
    /// </summary>
    public string Text(IReadOnlyList<object> arguments) =>
        Name + "(" + string.Join(',', Parameters.Select((p, i) => p.Name + "=" + TextOf(arguments[i]))) + ")";

    /// <summary>A value as ids write it: invariant, the shortest text that reads back as the same number.</summary>
    public static string TextOf(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum member => member.ToString(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    public override string ToString() => Name;
}
