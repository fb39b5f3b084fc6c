using Granary.Engine.Catalogues;

namespace Granary.Reporting.Tables;

/// <summary>Enters an <see cref="ITableFormat"/> in the catalogue of table formats.</summary>
/// <param name="name">Name in <c>outputs</c> and <c>--format</c>: "parquet".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TableFormatAttribute(string name) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "table format";
}
