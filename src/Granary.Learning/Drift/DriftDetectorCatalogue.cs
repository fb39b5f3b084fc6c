using Granary.Engine;
using Granary.Engine.Catalogues;

namespace Granary.Learning.Drift;

/// <summary>The detectors that a process knows, by name.</summary>
internal sealed class DriftDetectorCatalogue : Catalogue<DriftDetectorDefinition>
{
    /// <param name="builder">Holds the detectors.</param>
    public DriftDetectorCatalogue(CatalogueBuilder<DriftDetectorDefinition> builder) : base(builder)
    {
    }

    /// <summary>Granary's own detectors.</summary>
    public static DriftDetectorCatalogue BuiltIn { get; } = new(new CatalogueBuilder<DriftDetectorDefinition>("detector")
        .AddFrom<DriftDetectorDefinition, DriftDetectorAttribute>(typeof(DriftDetectorCatalogue).Assembly,
            (type, attribute) => new DriftDetectorDefinition(type, attribute)));

    /// <summary>Creates a detector by name; missing parameters take their defaults.</summary>
    /// <param name="parameters">Parameters by name, such as <c>minInstances</c> or, as in river, <c>min_instances</c>.</param>
    /// <exception cref="InputException">The name or a parameter is unknown, or a value is out of range.</exception>
    public IDriftDetector Create(string name, IReadOnlyDictionary<string, string>? parameters = null) =>
        TryGet(name, out var definition)
            ? definition.Create(parameters ?? new Dictionary<string, string>())
            : throw new InputException(Unknown(name));
}
