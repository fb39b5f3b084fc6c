using Granary.Engine.Catalogues;

namespace Granary.Data.Tables;

/// <summary>The formats of typed tables that a process knows.</summary>
public sealed class TableFormatCatalogue(CatalogueBuilder<ITableFormat> builder) : Catalogue<ITableFormat>(builder)
{
    /// <summary>The bytes at the start of a file by which formats are recognised.</summary>
    public const int StartLength = 4;

    /// <summary>No format.</summary>
    public static TableFormatCatalogue None { get; } = new(new CatalogueBuilder<ITableFormat>("table format"));

    /// <summary>The format of a file; null for a text.</summary>
    /// <param name="start">Its first <see cref="StartLength"/> bytes.</param>
    public ITableFormat? Of(ReadOnlySpan<byte> start)
    {
        foreach (var entry in Entries)
            if (entry.Value.Recognises(start)) return entry.Value;
        return null;
    }
}
