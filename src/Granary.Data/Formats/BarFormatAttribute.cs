using Granary.Engine.Catalogues;

namespace Granary.Data.Formats;

/// <summary>Enters a <see cref="BarFormat"/> in the catalogue of file formats.</summary>
/// <param name="name">Name in <c>data.format</c> and <c>--format</c>: "yahoo".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BarFormatAttribute(string name) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "file format";

    /// <summary>
    /// The position at which "auto" tries the format, low numbers first. Granary's own specific formats have 10 to 60; the generic format
    /// is last.
    /// </summary>
    public int Order { get; init; } = 100;
}
