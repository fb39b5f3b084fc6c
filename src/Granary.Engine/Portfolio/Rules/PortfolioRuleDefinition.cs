using System.Globalization;
using System.Reflection;
using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>A portfolio rule of the catalogue: its settings, its place among the rules and the reason of its refusals.</summary>
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
        (Type, Name, Summary, Order, IsLargePercentage) =
            (type, attribute.Name, attribute.Summary, attribute.Order, attribute.IsLargePercentage);
        Parameters = [.. _constructor.GetParameters().Select(DeclaredKey.From)];
        HasKeys = type.GetProperties().Any(p => p.IsDefined(typeof(KeyAttribute), inherit: false));
        if (HasKeys && Parameters.Count > 0)
            throw new ArgumentException($"the portfolio rule '{attribute.Name}' is the class {type}, which has both keys and parameters of "
                + "its constructor; declare its settings in one of these ways");
        Refusal = attribute.Refusal is not { } word ? Decision.Rule
            : new Decision(word, attribute.RefusalTitle ?? word.Replace('-', ' '), attribute.RefusalSentence ?? attribute.Summary);
    }

    /// <summary>Granary's own rules, in the order in which they are asked.</summary>
    public static IReadOnlyList<PortfolioRuleDefinition> BuiltIn { get; } =
    [
        .. CatalogueTypes.Of(typeof(PortfolioRuleDefinition).Assembly)
            .Where(found => found.Attribute is PortfolioRuleAttribute)
            .Select(found => new PortfolioRuleDefinition(found.Type, (PortfolioRuleAttribute)found.Attribute))
            .OrderBy(rule => rule.Order).ThenBy(rule => rule.Name, StringComparer.Ordinal),
    ];

    public Type Type { get; }

    /// <summary>Key in <c>portfolio.limits</c>.</summary>
    public string Name { get; }

    /// <summary>The rule's summary, one sentence.</summary>
    public string Summary { get; }

    /// <inheritdoc cref="PortfolioRuleAttribute.Order"/>
    public int Order { get; }

    /// <summary>The decision on an entry that the rule refuses.</summary>
    public Decision Refusal { get; }

    /// <inheritdoc cref="PortfolioRuleAttribute.IsLargePercentage"/>
    public bool IsLargePercentage { get; }

    /// <summary>Whether its settings are properties with <see cref="KeyAttribute"/>, beside the other keys of the limits.</summary>
    public bool HasKeys { get; }

    /// <summary>In the constructor's order.</summary>
    public IReadOnlyList<DeclaredKey> Parameters { get; }

    /// <summary>The definition of a rule class.</summary>
    /// <exception cref="ArgumentException">The class has no <see cref="PortfolioRuleAttribute"/>, or does not fit it.</exception>
    public static PortfolioRuleDefinition Of<T>() where T : IPortfolioRule =>
        typeof(T).GetCustomAttribute<PortfolioRuleAttribute>(inherit: false) is { } attribute ? new(typeof(T), attribute)
            : throw new ArgumentException($"the class {typeof(T)} has no {nameof(PortfolioRuleAttribute)}; give it one");

    /// <summary>Binds the rule to values of its constructor's parameters.</summary>
    /// <exception cref="InputException">An unknown name, or a missing or invalid value; one sentence.</exception>
    public ChosenRule Bind(IReadOnlyDictionary<string, object> named)
    {
        var arguments = DeclaredKey.Bind(Name, Parameters, named);
        var rule = new ChosenRule(this, () =>
            (IPortfolioRule)_constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. arguments], CultureInfo.InvariantCulture));
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
}
