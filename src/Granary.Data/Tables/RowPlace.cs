using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Data.Tables;

/// <summary>The place of a table's row in its file, for messages.</summary>
/// <param name="Row">Counted from 1: the line of a text, the row of another file.</param>
/// <param name="Group">The row group, from 1; 0 for a text.</param>
internal readonly record struct RowPlace(long Row, int Group)
{
    /// <summary>Creates the error for a field of the row.</summary>
    /// <param name="column">Null for the whole row.</param>
    public BarDataException Fault(string file, string? column, string fault, string remedy) => Group == 0
        ? BarDataException.At(file, Row, column, fault, remedy)
        : BarDataException.At(file, null, column is null ? ToString() : $"{this}, {column}", fault, remedy);

    public override string ToString() => Group == 0 ? string.Create(CultureInfo.InvariantCulture, $"line {Row}")
        : string.Create(CultureInfo.InvariantCulture, $"row group {Group}, row {Row}");
}
