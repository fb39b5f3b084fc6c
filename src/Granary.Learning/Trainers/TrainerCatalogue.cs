using System.Globalization;
using System.Reflection;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Learning.Trainers;

/// <summary>A trainer of the catalogue: what it is, and how to make it.</summary>
public sealed class TrainerDefinition
{
    private readonly ConstructorInfo _constructor;

    internal TrainerDefinition(Type type, TrainerAttribute attribute)
    {
        Type = type;
        Name = attribute.Name;
        Summary = attribute.Summary;
        _constructor = type.GetConstructors().Single();
        Parameters =
        [
            .. _constructor.GetParameters().Select(p =>
            {
                var range = p.GetCustomAttribute<RangeAttribute>();
                return new ParameterDefinition(p.Name!, p.ParameterType, p.DefaultValue,
                    range?.Minimum ?? double.NegativeInfinity, range?.Maximum ?? double.PositiveInfinity);
            }),
        ];
    }

    public Type Type { get; }

    public string Name { get; }

    public string Summary { get; }

    public IReadOnlyList<ParameterDefinition> Parameters { get; }

    internal ITrainer Create(IReadOnlyDictionary<string, string> parameters)
    {
        foreach (var key in parameters.Keys)
            if (Parameters.All(p => p.Name != key))
            {
                var near = Spelling.Nearest(key, Parameters.Select(p => p.Name));
                throw new LearningInputException($"{Name} has no parameter '{key}'"
                    + (near is null ? $"; it has {string.Join(", ", Parameters.Select(p => p.Name))}" : $"; did you mean '{near}'?"));
            }
        var arguments = new object?[Parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            try
            {
                arguments[i] = parameters.TryGetValue(Parameters[i].Name, out var text) ? Parameters[i].Parse(text) : Parameters[i].Default;
            }
            catch (ArgumentException e)
            {
                throw new LearningInputException($"{Name}: {e.Message}", e);
            }
        }
        return (ITrainer)_constructor.Invoke(arguments);
    }
}

/// <summary>Every trainer there is, by name: those of this assembly and of the plug-ins that a host added.</summary>
public static class TrainerCatalogue
{
    private static readonly Dictionary<string, TrainerDefinition> Definitions = Scan(typeof(TrainerCatalogue).Assembly);

    /// <summary>By name, in alphabetical order.</summary>
    public static IReadOnlyList<TrainerDefinition> All => [.. Definitions.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>Adds the trainers of a plug-in. Call it at start: the catalogue is not guarded against concurrent change.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public static void Add(Assembly assembly)
    {
        foreach (var (name, definition) in Scan(assembly))
            if (!Definitions.TryAdd(name, definition) && Definitions[name].Type != definition.Type)
                throw new ArgumentException($"the trainer name '{name}' of {definition.Type} is taken by {Definitions[name].Type}");
    }

    /// <summary>A trainer by name; parameters that are not given take their defaults.</summary>
    /// <exception cref="LearningInputException">Unknown name or parameter, or a value out of its range.</exception>
    public static ITrainer Create(string name, IReadOnlyDictionary<string, string>? parameters = null)
    {
        if (!Definitions.TryGetValue(name, out var definition))
        {
            var near = Spelling.Nearest(name, Definitions.Keys);
            throw new LearningInputException($"there is no trainer '{name}'" + (near is null ? "" : $"; did you mean '{near}'?")
                + $"{(near is null ? ";" : "")} the trainers are {string.Join(' ', All.Select(d => d.Name))}");
        }
        return definition.Create(parameters ?? new Dictionary<string, string>());
    }

    /// <summary>Parameters from numbers, as a test or program has them.</summary>
    public static ITrainer Create(string name, params (string Name, double Value)[] parameters) =>
        Create(name, parameters.ToDictionary(p => p.Name, p => p.Value.ToString(CultureInfo.InvariantCulture)));

    private static Dictionary<string, TrainerDefinition> Scan(Assembly assembly)
    {
        var found = new Dictionary<string, TrainerDefinition>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes())
            if (type.GetCustomAttribute<TrainerAttribute>() is { } attribute)
                found.Add(attribute.Name, new TrainerDefinition(type, attribute));
        return found;
    }
}
