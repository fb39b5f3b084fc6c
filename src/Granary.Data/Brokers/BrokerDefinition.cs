using System.Globalization;
using System.Reflection;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Data.Brokers;

/// <summary>A broker of the catalogue: its name, its options and a function that creates its factory.</summary>
/// <param name="Name">The name that <c>--broker</c> takes.</param>
/// <param name="Parameters">Its options.</param>
/// <param name="Make">Creates the factory from one value for each parameter, in their order.</param>
public sealed record BrokerDefinition(
    string Name, string Summary, IReadOnlyList<DeclaredKey> Parameters, Func<object?[], IBrokerFactory> Make)
{
    /// <summary>Returns the definition of a class with <see cref="BrokerAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The class is not a valid broker; the message says why.</exception>
    public static BrokerDefinition Of(Type type)
    {
        var attribute = type.GetCustomAttribute<BrokerAttribute>() ?? throw new ArgumentException($"{type} has no [Broker] attribute");
        if (!type.IsAssignableTo(typeof(IBrokerFactory)) || type.IsAbstract)
            throw new ArgumentException($"{type} has the attribute [Broker] but does not implement IBrokerFactory");
        if (attribute.Name.Length == 0 || !attribute.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new ArgumentException(
                $"'{attribute.Name}' of {type} is not a valid broker name; use lower-case letters, digits and hyphens");
        var constructors = type.GetConstructors();
        if (constructors is not [var constructor])
            throw new ArgumentException($"{type} has {constructors.Length} public constructors; it needs one");
        return new BrokerDefinition(attribute.Name, attribute.Summary, [.. constructor.GetParameters().Select(DeclaredKey.From)],
            values => (IBrokerFactory)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, values, CultureInfo.InvariantCulture));
    }

    /// <summary>Creates the factory from options as text; missing options take their defaults.</summary>
    /// <exception cref="InputException">An option is unknown, missing or invalid; the message names it.</exception>
    public IBrokerFactory Create(IReadOnlyDictionary<string, string> options)
    {
        foreach (var name in options.Keys)
            if (Parameters.All(p => p.Name != name))
                throw Unknown(name);
        var values = new object?[Parameters.Count];
        try
        {
            for (var i = 0; i < values.Length; i++) values[i] = ValueOf(Parameters[i], options);
            return Make(values);
        }
        catch (Exception e) when (e is ArgumentException or InputException)
        {
            throw new InputException($"broker '{Name}': {e.Message}", e);
        }
    }

    private static object ValueOf(DeclaredKey parameter, IReadOnlyDictionary<string, string> options) =>
        options.TryGetValue(parameter.Name, out var text) ? parameter.Parse(text)
        : parameter.Default ?? throw new InputException($"option '{parameter.Name}' is missing; give it as {parameter.Name}=…");

    private InputException Unknown(string name)
    {
        if (Parameters.Count == 0) return new InputException($"broker '{Name}' has no options; leave '{name}' out");
        var near = Spelling.Nearest(name, Parameters.Select(p => p.Name));
        return new InputException($"broker '{Name}' has no option '{name}'"
            + (near is null ? $"; it has {string.Join(", ", Parameters.Select(p => p.Name))}" : $"; did you mean '{near}'?"));
    }
}
