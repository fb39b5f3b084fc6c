using Granary.Engine.Catalogues;

namespace Granary.Reporting.Tables;

/// <summary>Enters an <see cref="IOutputFormat"/> in the catalogue of output formats.</summary>
/// <param name="name">Name in <c>outputs</c> and <c>--format</c>: "parquet".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class OutputFormatAttribute(string name) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "output format";
}
