using Granary.Data.Formats;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Simulation.Tables;

/// <summary>Finds the column of symbols of a table from its first rows.</summary>
internal static class SymbolSample
{
    private const int Rows = 1_000;

    /// <param name="path">A file that <see cref="DataTable"/> reads.</param>
    /// <param name="taken">Columns that have a different meaning.</param>
    /// <param name="time">The column of times; -1 without one.</param>
    /// <param name="remedy">What answers the question whether a column holds symbols, given its name.</param>
    /// <returns>Index of the column; -1 if the rows are not told apart by symbols.</returns>
    /// <exception cref="BarDataException">
    /// The file is no table, or has a column under an unknown name whose texts change as symbols do.
    /// </exception>
    public static int Of(string path, PermittedFiles? files, TableFormatCatalogue? formats, IReadOnlyCollection<int> taken, int time,
        Func<string, string> remedy)
    {
        using var table = DataTable.Open(path, files, formats);
        List<string> columns = [.. table.Names.Where((_, i) => i != time && !taken.Contains(i))];
        var values = columns.ToDictionary(c => c, _ => new List<string>(), StringComparer.Ordinal);
        var (isMonotone, direction, last) = (time >= 0, 0, 0L);
        for (var row = 0; row < Rows && table.Next(); row++)
        {
            foreach (var column in columns) values[column].Add(table.Text(table.PlaceOf(column)));
            if (!isMonotone) continue;
            var now = table.Time(time);
            var step = row == 0 ? 0 : now.CompareTo(last);
            if (row == 1) direction = step;
            isMonotone = row == 0 || step != 0 && step == direction;
            last = now;
        }
        var found = TableSymbols.Find(columns, c => values[c], isMonotone, out var mayBe);
        if (mayBe is { } unclear)
            throw BarDataException.At(path, table.HeaderLine, unclear.Column,
                $"the column changes from '{unclear.Before}' to '{unclear.After}', as a column of symbols does", remedy(unclear.Column));
        return found is null ? -1 : table.PlaceOf(found);
    }
}
