using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Simulation.Tables;

/// <summary>
/// Columns of numbers over time, read from one file: an equity curve, a run's strategies, a panel of prices or returns.
/// </summary>
/// <param name="File">The path as it was given, for messages.</param>
/// <param name="Names">Names of the value columns, in the order of the file.</param>
/// <param name="Times">Ticks, each later than the one before; a time without a zone is UTC.</param>
/// <param name="Columns">One array per name, as long as <paramref name="Times"/>; all values are finite.</param>
internal sealed record TimeTable(string File, IReadOnlyList<string> Names, long[] Times, double[][] Columns)
{
    /// <param name="path">A file that <see cref="DataTable"/> reads.</param>
    /// <param name="choose">Selects the value columns to keep from the names in the header; null keeps all.</param>
    /// <param name="headerless">Names of the value columns if the first line contains data; null refuses such a file.</param>
    /// <param name="files">The files that may be opened; null = all.</param>
    /// <param name="formats">The formats of typed tables that the process knows; null = texts alone.</param>
    /// <exception cref="BarDataException">The file is missing or empty, or a row does not match the header; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static TimeTable Read(string path, Func<IReadOnlyList<string>, IReadOnlyList<string>>? choose = null,
        IReadOnlyList<string>? headerless = null, PermittedFiles? files = null, TableFormatCatalogue? formats = null)
    {
        using var table = DataTable.Open(path, files, formats, headerless);
        return Read(table, choose);
    }

    internal static TimeTable Read(string path, TextReader reader, Func<IReadOnlyList<string>, IReadOnlyList<string>>? choose = null,
        IReadOnlyList<string>? headerless = null)
    {
        using var table = TextTable.Open(path, reader, headerless);
        return Read(table, choose);
    }

    private static TimeTable Read(DataTable table, Func<IReadOnlyList<string>, IReadOnlyList<string>>? choose)
    {
        var timeAt = Math.Max(0, table.TimeAt());
        string[] names = [.. table.Names.Where((_, i) => i != timeAt)];
        var kept = choose?.Invoke(names) ?? names;
        var (times, rows) = (new List<long>(), new List<RowPlace>());
        int[] places = [.. kept.Select(name => table.Names.ToList().IndexOf(name))];
        var columns = Array.ConvertAll(places, _ => new List<double>());
        while (table.Next())
        {
            times.Add(Later(table, timeAt, times.Count == 0 ? long.MinValue : times[^1]));
            rows.Add(table.Place);
            for (var c = 0; c < columns.Length; c++) columns[c].Add(table.Number(places[c]));
        }
        if (times.Count == 0)
            throw BarDataException.At(table.Path, null, null, "there are no lines below the header", "add at least two dates");
        return new TimeTable(table.Path, [.. kept], [.. times], Array.ConvertAll(columns, c => c.ToArray())) { Rows = [.. rows] };
    }

    private static long Later(DataTable table, int timeAt, long before)
    {
        var time = table.Time(timeAt);
        if (time > before) return time;
        var (name, word) = (table.Names[timeAt], table.Text(timeAt));
        throw time == before ? table.Fault(name, $"'{word}' comes twice", "keep one line for each time")
            : table.Fault(name, $"'{word}' is earlier than the line above", "sort the lines by time, oldest first");
    }

    // Place of each row in the file, for errors that are found later.
    private RowPlace[] Rows { get; init; } = [];

    /// <summary>Creates the error for a number in row <paramref name="row"/> that the caller cannot use.</summary>
    public BarDataException Fault(int row, string? column, string fault, string remedy) => Rows[row].Fault(File, column, fault, remedy);
}
