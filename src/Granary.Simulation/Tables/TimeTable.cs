using Granary.Engine.Market;

namespace Granary.Simulation.Tables;

/// <summary>Columns of numbers over time, read from a CSV whose first line names them.</summary>
/// <param name="Names">The value columns, without the time.</param>
/// <param name="Times">UTC ticks, strictly increasing; a time without a zone is taken as UTC.</param>
/// <param name="Columns">One array for each name, of the length of <paramref name="Times"/>; all finite.</param>
public sealed record TimeTable(string File, IReadOnlyList<string> Names, long[] Times, double[][] Columns)
{
    /// <param name="path">A text file, UTF-8, separated by commas, semicolons or tabs.</param>
    /// <param name="choose">The names of the value columns to keep, given those of the header; null keeps all.</param>
    /// <param name="headerless">The names of the value columns where the first line holds data already; null refuses such a file.</param>
    /// <exception cref="BarDataException">The file is missing or empty, or a line is not as the header says; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk refused.</exception>
    public static TimeTable Read(string path, Func<IReadOnlyList<string>, IReadOnlyList<string>>? choose = null,
        IReadOnlyList<string>? headerless = null)
    {
        if (Directory.Exists(path)) throw BarDataException.At(path, null, null, "this is a folder", "name a CSV file");
        if (!System.IO.File.Exists(path)) throw BarDataException.At(path, null, null, "there is no such file", "check the path");
        try
        {
            using var reader = new StreamReader(path);
            return Read(path, reader, choose, headerless);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BarStoreException($"{path}: {e.Message.TrimEnd('.')}; make the file readable and try again", e);
        }
    }

    internal static TimeTable Read(string path, TextReader reader, Func<IReadOnlyList<string>, IReadOnlyList<string>>? choose = null,
        IReadOnlyList<string>? headerless = null)
    {
        var rows = TimeTableRows.Open(path, reader, headerless);
        var kept = choose?.Invoke(rows.Names) ?? rows.Names;
        var (times, lines) = (new List<long>(), new List<long>());
        int[] places = [.. kept.Select(rows.PlaceOf)];
        var columns = Array.ConvertAll(places, _ => new List<double>());
        while (rows.Next())
        {
            times.Add(rows.Time);
            lines.Add(rows.Line);
            for (var c = 0; c < columns.Length; c++) columns[c].Add(rows.Number(places[c]));
        }
        if (times.Count == 0) throw BarDataException.At(path, null, null, "there are no lines below the header", "add at least two dates");
        return new TimeTable(path, [.. kept], [.. times], Array.ConvertAll(columns, c => c.ToArray())) { Lines = [.. lines] };
    }

    // The line of the file that each row came from, for faults that show only later.
    private long[] Lines { get; init; } = [];

    /// <summary>The exception for a value of row <paramref name="row"/> that is a number, but not one that its reader can use.</summary>
    public BarDataException Fault(int row, string? column, string fault, string remedy) =>
        BarDataException.At(File, Lines[row], column, fault, remedy);
}
