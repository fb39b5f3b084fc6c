using Granary.Engine;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>A row of the CSV file of a table.</summary>
internal static class CsvRow
{
    /// <summary>Writes the row.</summary>
    /// <param name="cells">The content of the cells, without the quotes of the file.</param>
    /// <param name="place">Returns the file and the line, for messages.</param>
    /// <exception cref="InputException">The row has a different number of cells, or a cell no value of its column's type.</exception>
    public static void Write(RowWriter writer, IReadOnlyList<OutputColumn> columns, string[] cells, Func<string> place)
    {
        if (cells.Length != columns.Count)
            throw new InputException($"{place()}: the line has {Counted.Of(cells.Length, "cell")}, and the file "
                + $"{Counted.Of(columns.Count, "column")}; run the batch again");
        for (var i = 0; i < cells.Length; i++)
        {
            var isText = columns[i].Type is ColumnType.Text or ColumnType.Word;
            try
            {
                TableCell.Write(writer, columns[i].Type, isText ? CsvText.Read(cells[i]) : cells[i]);
            }
            catch (FormatException e)
            {
                throw new InputException($"{place()}, column {columns[i].Name}: '{cells[i]}' is not {e.Message}; run the batch again", e);
            }
        }
        writer.EndRow();
    }
}
