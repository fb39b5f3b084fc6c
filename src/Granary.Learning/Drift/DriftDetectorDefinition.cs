using System.Reflection;
using Granary.Engine;
using Granary.Engine.Catalogues;

namespace Granary.Learning.Drift;

/// <summary>A detector of the catalogue: its description, its parameters and its factory.</summary>
internal sealed class DriftDetectorDefinition
{
    private readonly ConstructorInfo _constructor;

    /// <param name="type">The detector's class, which must have one public constructor.</param>
    /// <param name="attribute">The attribute of the class.</param>
    public DriftDetectorDefinition(Type type, DriftDetectorAttribute attribute)
    {
        (Name, Summary) = (attribute.Name, attribute.Summary);
        _constructor = type.GetConstructors().Single();
        Parameters = [.. _constructor.GetParameters().Select(DeclaredKey.From)];
    }

    public string Name { get; }

    /// <summary>A description in one sentence.</summary>
    public string Summary { get; }

    public IReadOnlyList<DeclaredKey> Parameters { get; }

    internal IDriftDetector Create(IReadOnlyDictionary<string, string> parameters)
    {
        try
        {
            // river's spelling min_instances is accepted for minInstances.
            var named = parameters.ToDictionary(p => Parameters.FirstOrDefault(known => known.Name.Equals(
                p.Key.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))?.Name ?? p.Key, p =>
                    (object)p.Value);
            return (IDriftDetector)_constructor.Invoke([.. DeclaredKey.Bind(Name, Parameters, named)]);
        }
        catch (TargetInvocationException e) when (e.InnerException is InputException fault)
        {
            throw new InputException(fault.Message, e);
        }
    }
}
