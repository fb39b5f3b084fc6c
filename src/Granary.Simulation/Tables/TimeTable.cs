using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Simulation.Tables;

/// <summary>Numeric columns over time, read from a CSV file whose first line names them.</summary>
/// <param name="Names">Names of the value columns, without the time.</param>
/// <param name="Times">UTC ticks, strictly increasing. A time without a zone is UTC.</param>
/// <param name="Columns">One array per name, as long as <paramref name="Times"/>; all values are finite.</param>
public sealed record TimeTable(string File, IReadOnlyList<string> Names, long[] Times, double[][] Columns)
{
    /// <param name="path">A text file, UTF-8, separated by commas, semicolons or tabs.</param>
    /// <param name="choose">Selects the value columns to keep from the names in the header; null keeps all.</param>
    /// <param name="headerless">Names of the value columns if the first line contains data; null refuses such a file.</param>
    /// <param name="files">The files that may be opened; null = all.</param>
    /// <exception cref="BarDataException">The file is missing or empty, or a line does not match the header; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static TimeTable Read(string path, Func<IReadOnlyList<string>, IReadOnlyList<string>>? choose = null,
        IReadOnlyList<string>? headerless = null, PermittedFiles? files = null)
    {
        if (Directory.Exists(path)) throw BarDataException.At(path, null, null, "this is a folder", "name a CSV file");
        if (!System.IO.File.Exists(path)) throw BarDataException.At(path, null, null, "there is no such file", "check the path");
        try
        {
            using var reader = new StreamReader((files ?? PermittedFiles.All).OpenRead(path));
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

    // Line number of each row in the file, for errors that are found later.
    private long[] Lines { get; init; } = [];

    /// <summary>Creates the error for a number in row <paramref name="row"/> that the caller cannot use.</summary>
    public BarDataException Fault(int row, string? column, string fault, string remedy) =>
        BarDataException.At(File, Lines[row], column, fault, remedy);
}
