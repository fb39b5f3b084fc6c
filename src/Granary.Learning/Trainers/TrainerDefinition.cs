using System.Reflection;
using Granary.Engine.Catalogues;
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
        Parameters = [.. _constructor.GetParameters().Select(ParameterDefinition.From)];
    }

    public Type Type { get; }

    public string Name { get; }

    public string Summary { get; }

    /// <summary>It expects a number whatever the label; the others tell two classes apart where there are two.</summary>
    public bool Numbers { get; }

    public IReadOnlyList<ParameterDefinition> Parameters { get; }

    internal ITrainer Create(IReadOnlyDictionary<string, string> parameters)
    {
        object?[] arguments;
        try
        {
            arguments = [.. ParameterDefinition.Bind(Name, Parameters, parameters.ToDictionary(p => p.Key, p => (object)p.Value))];
        }
        catch (ArgumentException e)
        {
            throw new LearningInputException(e.Message, e);
        }
        return (ITrainer)_constructor.Invoke(arguments);
    }
}
