using Granary.Engine.Catalogues;

namespace Granary.Learning.Drift;

/// <summary>Enters a detector in the catalogue. The constructor's parameters, their defaults and ranges are the detector's.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DriftDetectorAttribute(string name, string summary) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "detector";

    /// <summary>One sentence.</summary>
    public string Summary { get; } = summary;
}
