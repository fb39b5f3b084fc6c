using System.Globalization;
using System.Reflection;
using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>A portfolio rule of the catalogue, with its parameters and a factory.</summary>
public sealed class PortfolioRuleDefinition
{
    private readonly ConstructorInfo _constructor;

    /// <exception cref="ArgumentException">The class is not a rule, or does not have exactly one public constructor.</exception>
    public PortfolioRuleDefinition(Type type, PortfolioRuleAttribute attribute)
    {
        if (!typeof(IPortfolioRule).IsAssignableFrom(type))
            throw new ArgumentException($"the portfolio rule '{attribute.Name}' is the class {type}, which is not a "
                + $"{nameof(IPortfolioRule)}; derive it from that");
        var constructors = type.GetConstructors();
        if (constructors.Length != 1)
            throw new ArgumentException($"the portfolio rule '{attribute.Name}' is the class {type}, which has {constructors.Length} "
                + "public constructors; it needs one, whose parameters are its settings");
        _constructor = constructors[0];
        (Type, Name, Summary) = (type, attribute.Name, attribute.Summary);
        Parameters = [.. _constructor.GetParameters().Select(DeclaredKey.From)];
    }

    public Type Type { get; }

    /// <summary>Key in <c>portfolio.limits</c>.</summary>
    public string Name { get; }

    /// <summary>The rule's summary, one sentence.</summary>
    public string Summary { get; }

    /// <summary>In the constructor's order.</summary>
    public IReadOnlyList<DeclaredKey> Parameters { get; }

    /// <summary>Binds the rule to parameter values.</summary>
    /// <exception cref="InputException">An unknown name, or a missing or invalid value; one sentence.</exception>
    public ChosenRule Bind(IReadOnlyDictionary<string, object> named)
    {
        var rule = new ChosenRule(this, DeclaredKey.Bind(Name, Parameters, named));
        try
        {
            rule.Create();
        }
        catch (ArgumentException e)
        {
            throw new InputException($"{Name}: {e.Message}", e);
        }
        return rule;
    }

    internal IPortfolioRule Create(IReadOnlyList<object> arguments) =>
        (IPortfolioRule)_constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. arguments], CultureInfo.InvariantCulture);
}
