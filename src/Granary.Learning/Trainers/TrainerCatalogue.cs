using System.Collections.Concurrent;
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
        Numbers = attribute.Numbers;
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

    /// <summary>It expects a number whatever the label; the others tell two classes apart where there are two.</summary>
    public bool Numbers { get; }

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

/// <summary>Trainers that are loaded when one of them is first asked for, since what they stand on is large or may be missing.</summary>
/// <param name="Prefix">What all their names begin with, as "mlnet-".</param>
/// <param name="Load">Gives their assembly, or throws a <see cref="LearningInputException"/> that says what is missing and how to get it.</param>
public sealed record TrainerLibrary(string Prefix, Func<Assembly> Load);

/// <summary>Every trainer there is, by name: those of this assembly, of the plug-ins that a host added, and of its libraries.</summary>
public static class TrainerCatalogue
{
    private static readonly Lock Gate = new();
    private static readonly ConcurrentDictionary<string, TrainerDefinition> Definitions = new(Scan(typeof(TrainerCatalogue).Assembly), StringComparer.Ordinal);
    private static readonly List<TrainerLibrary> Libraries = [];

    /// <summary>What is loaded, by name, in alphabetical order.</summary>
    public static IReadOnlyList<TrainerDefinition> All => [.. Definitions.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>Those that every host has, in alphabetical order: what is compared where nobody names trainers, the same on every machine.</summary>
    public static IReadOnlyList<TrainerDefinition> Own => [.. All.Where(d => d.Type.Assembly == typeof(TrainerCatalogue).Assembly)];

    /// <summary>Adds the trainers of a plug-in.</summary>
    /// <returns>Their names, in the order of the alphabet.</returns>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public static IReadOnlyList<string> Add(Assembly assembly)
    {
        var found = Scan(assembly);
        foreach (var (name, definition) in found)
            if (!Definitions.TryAdd(name, definition) && Definitions[name].Type != definition.Type)
                throw new ArgumentException($"the trainer name '{name}' of {definition.Type} is taken by {Definitions[name].Type}");
        return [.. found.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Tells where trainers of a prefix come from, should one be asked for.</summary>
    public static void Add(TrainerLibrary library)
    {
        lock (Gate) Libraries.Add(library);
    }

    /// <summary>Loads the libraries that this host has; those that it has not are told of.</summary>
    /// <returns>One sentence for each library that is missing.</returns>
    public static IReadOnlyList<string> LoadLibraries()
    {
        var missing = new List<string>();
        lock (Gate)
        {
            foreach (var library in Libraries.ToArray())
            {
                try
                {
                    Load(library);
                }
                catch (LearningInputException e)
                {
                    missing.Add(e.Message);
                }
            }
        }
        return missing;
    }

    private static void Load(TrainerLibrary library)
    {
        // As a plug-in it may be there already.
        if (!Definitions.Keys.Any(name => name.StartsWith(library.Prefix, StringComparison.Ordinal))) Add(library.Load());
        Libraries.Remove(library);
    }

    /// <summary>Whether a trainer comes from a library that is not loaded yet, and may be missing.</summary>
    public static bool IsOfMissingLibrary(string name)
    {
        lock (Gate) return !Definitions.ContainsKey(name) && Libraries.Exists(l => name.StartsWith(l.Prefix, StringComparison.Ordinal));
    }

    /// <summary>A trainer by name; parameters that are not given take their defaults.</summary>
    /// <exception cref="LearningInputException">Unknown name or parameter, a value out of its range, or a library that this host lacks.</exception>
    public static ITrainer Create(string name, IReadOnlyDictionary<string, string>? parameters = null) => Find(name).Create(parameters ?? new Dictionary<string, string>());

    /// <summary>What a trainer is, by its name.</summary>
    /// <exception cref="LearningInputException">Unknown name, or a library that this host lacks.</exception>
    public static TrainerDefinition Find(string name)
    {
        if (!Definitions.TryGetValue(name, out var definition))
        {
            lock (Gate)
                if (Libraries.Find(l => name.StartsWith(l.Prefix, StringComparison.Ordinal)) is { } library)
                    Load(library);
        }
        if (definition is null && !Definitions.TryGetValue(name, out definition))
        {
            var near = Spelling.Nearest(name, Definitions.Keys);
            throw new LearningInputException($"there is no trainer '{name}'" + (near is null ? "" : $"; did you mean '{near}'?")
                + $"{(near is null ? ";" : "")} the trainers are {string.Join(' ', All.Select(d => d.Name))}");
        }
        return definition;
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
