using System.Reflection;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Learning.Trainers;

/// <summary>A trainer of the catalogue: its description, its parameters and its factory.</summary>
public sealed class TrainerDefinition
{
    private readonly ConstructorInfo _constructor;

    /// <param name="type">The trainer's class, which must have one public constructor.</param>
    /// <param name="attribute">The attribute of the class.</param>
    public TrainerDefinition(Type type, TrainerAttribute attribute)
    {
        Type = type;
        Name = attribute.Name;
        Summary = attribute.Summary;
        Numbers = attribute.Numbers;
        _constructor = type.GetConstructors().Single();
        Parameters = [.. _constructor.GetParameters().Select(DeclaredKey.From)];
    }

    public Type Type { get; }

    public string Name { get; }

    public string Summary { get; }

    /// <summary>Whether it always predicts a number; other trainers classify if there are two classes.</summary>
    public bool Numbers { get; }

    public IReadOnlyList<DeclaredKey> Parameters { get; }

    internal ITrainer Create(IReadOnlyDictionary<string, string> parameters) =>
        (ITrainer)_constructor.Invoke([.. DeclaredKey.Bind(Name, Parameters, parameters.ToDictionary(p => p.Key, p => (object)p.Value))]);
}
