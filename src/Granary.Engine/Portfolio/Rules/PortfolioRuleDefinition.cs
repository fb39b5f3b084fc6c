using System.Globalization;
using System.Reflection;
using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>A portfolio rule of the catalogue: what may be set on it, and how to make one.</summary>
public sealed class PortfolioRuleDefinition
{
    private readonly ConstructorInfo _constructor;

    /// <exception cref="ArgumentException">The class is no rule, or has not exactly one public constructor.</exception>
    public PortfolioRuleDefinition(Type type, PortfolioRuleAttribute attribute)
    {
        if (!typeof(IPortfolioRule).IsAssignableFrom(type))
            throw new ArgumentException($"the portfolio rule '{attribute.Name}' is the class {type}, which is no "
                + $"{nameof(IPortfolioRule)}; derive it from that");
        var constructors = type.GetConstructors();
        if (constructors.Length != 1)
            throw new ArgumentException($"the portfolio rule '{attribute.Name}' is the class {type}, which has {constructors.Length} "
                + "public constructors; it needs one, whose parameters are its settings");
        _constructor = constructors[0];
        (Type, Name, Summary) = (type, attribute.Name, attribute.Summary);
        Parameters = [.. _constructor.GetParameters().Select(ParameterDefinition.From)];
    }

    public Type Type { get; }

    /// <summary>As it stands in <c>portfolio.limits</c>.</summary>
    public string Name { get; }

    /// <summary>One sentence.</summary>
    public string Summary { get; }

    /// <summary>In the constructor's order.</summary>
    public IReadOnlyList<ParameterDefinition> Parameters { get; }

    /// <summary>The rule with settings.</summary>
    /// <exception cref="ArgumentException">An unknown name, a missing or wrong value; one sentence.</exception>
    public ChosenRule Bind(IReadOnlyDictionary<string, object> named)
    {
        var rule = new ChosenRule(this, ParameterDefinition.Bind(Name, Parameters, named));
        try
        {
            rule.Create();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{Name}: {e.Message}", e);
        }
        return rule;
    }

    internal IPortfolioRule Create(IReadOnlyList<object> arguments) =>
        (IPortfolioRule)_constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. arguments], CultureInfo.InvariantCulture);
}
