using Granary.Engine.Catalogues;

namespace Granary.Learning.Drift;

/// <summary>Registers a detector in the catalogue. The parameters of its constructor, with defaults and ranges, are those of the
/// detector.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class DriftDetectorAttribute(string name, string summary) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "detector";

    /// <summary>A description in one sentence.</summary>
    public string Summary { get; } = summary;
}
