using System.Reflection;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Learning.Trainers;

/// <summary>A trainer of the catalogue: what it is, and how to make it.</summary>
public sealed class TrainerDefinition
{
    private readonly ConstructorInfo _constructor;

    /// <param name="type">The class of the trainer; it has one public constructor.</param>
    /// <param name="attribute">The attribute of the class.</param>
    public TrainerDefinition(Type type, TrainerAttribute attribute)
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
