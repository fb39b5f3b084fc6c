using Granary.Engine.Catalogues;

namespace Granary.Data.Tables;

/// <summary>Enters an <see cref="ITableFormat"/> in the catalogue of table formats.</summary>
/// <param name="name">"parquet".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class TableFormatAttribute(string name) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "table format";
}
