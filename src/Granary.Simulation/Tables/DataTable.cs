using System.Globalization;
using Granary.Data.Tables;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Simulation.Tables;

/// <summary>
/// Reads the rows of a table with named columns one by one: a text (UTF-8; commas, semicolons or tabs), or a file of typed columns such as
/// Parquet. Each error names its row and column.
/// </summary>
/// <example><code>
/// using var table = DataTable.Open(path, files, catalogues.Tables);
/// var (time, symbol, rate) = (table.NeedTime(), table.PlaceOf("symbol"), table.Need("rate"));
/// while (table.Next()) Add(table.Time(time), symbol &lt; 0 ? "" : table.Text(symbol), table.Number(rate));
/// </code></example>
internal abstract class DataTable : IDisposable
{
    private static readonly string[] TimeNames = ["date", "time", "datetime", "timestamp", "open_time", "day", "__index_level_0__"];

    private readonly bool?[] _zoned;

    private protected DataTable(string path, IReadOnlyList<string> names)
    {
        (Path, Names) = (path, names);
        _zoned = new bool?[names.Count];
    }

    /// <summary>The file, as messages name it.</summary>
    public string Path { get; }

    /// <summary>Names of all columns, in the order of the file.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The place of the current row in the file.</summary>
    public abstract RowPlace Place { get; }

    /// <summary>Opens a table.</summary>
    /// <param name="files">The files that may be opened; null = all.</param>
    /// <param name="formats">The formats of typed tables that the process knows; null = texts alone.</param>
    /// <param name="headerless">Names of the columns after the time if the first line contains data; null refuses such a file.</param>
    /// <param name="timesAlone">Whether the columns after the time are optional.</param>
    /// <exception cref="BarDataException">The file is missing, empty or damaged, or has no header; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static DataTable Open(string path, PermittedFiles? files = null, TableFormatCatalogue? formats = null,
        IReadOnlyList<string>? headerless = null, bool timesAlone = false)
    {
        files ??= PermittedFiles.All;
        if (Directory.Exists(path)) throw BarDataException.At(path, null, null, "this is a folder", "name a CSV file");
        if (!File.Exists(path)) throw BarDataException.At(path, null, null, "there is no such file", "check the path");
        return Reading<DataTable>(path, () => FormatOf(path, files, formats) is { } format ? TypedTable.Open(path, format, files)
            : TextTable.Open(path, new StreamReader(files.OpenRead(path)), headerless, timesAlone));
    }

    /// <summary>Moves to the next row; empty lines are skipped.</summary>
    /// <returns>False after the last row.</returns>
    /// <exception cref="BarDataException">The row has a different number of fields than the header, or the file is damaged.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public bool Next() => Reading(Path, Move);

    /// <summary>Index of a column: by its exact name, otherwise without regard to case; -1 if there is none.</summary>
    public int PlaceOf(string column)
    {
        for (var i = 0; i < Names.Count; i++)
            if (Names[i] == column) return i;
        for (var i = 0; i < Names.Count; i++)
            if (string.Equals(Names[i], column, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    /// <summary>Index of the first of several columns that the table has; -1 if it has none of them.</summary>
    public int FirstOf(IEnumerable<string> columns) => columns.Select(PlaceOf).FirstOrDefault(p => p >= 0, -1);

    /// <summary>Index of a column that the table must have.</summary>
    /// <exception cref="BarDataException">There is no such column; the message names a similar one.</exception>
    public int Need(string column)
    {
        var place = PlaceOf(column);
        if (place >= 0) return place;
        var near = Spelling.Nearest(column, Names);
        throw BarDataException.At(Path, HeaderLine, column, "there is no such column",
            near is null ? $"add it; the file has {string.Join(", ", Names)}" : $"did you mean '{near}'?");
    }

    /// <summary>Index of the column of times, by the usual names of one; -1 if there is none.</summary>
    public int TimeAt()
    {
        for (var i = 0; i < Names.Count; i++)
            if (TimeNames.Contains(Names[i], StringComparer.OrdinalIgnoreCase)) return i;
        return -1;
    }

    /// <summary>Index of the column of times, which the table must have.</summary>
    /// <exception cref="BarDataException">There is none.</exception>
    public int NeedTime() => TimeAt() is >= 0 and var place ? place
        : throw BarDataException.At(Path, HeaderLine, null, "there is no column of times", "name it 'time' or 'date'");

    /// <summary>A field of the current row as text, without quotes and surrounding blanks; "" where it is missing.</summary>
    /// <param name="place">Index of the column; see <see cref="PlaceOf"/>.</param>
    public abstract string Text(int place);

    /// <summary>Whether a field of the current row is missing.</summary>
    public abstract bool IsEmpty(int place);

    /// <summary>A number of the current row.</summary>
    /// <exception cref="BarDataException">The field is empty, or not a finite number.</exception>
    public abstract double Number(int place);

    /// <summary>A time of the current row, UTC ticks; a time without a zone is UTC.</summary>
    /// <exception cref="BarDataException">The field is not a time, or unlike those above it has a zone or has none.</exception>
    public abstract long Time(int place);

    /// <summary>Creates the error for the current row.</summary>
    /// <param name="column">Null for the whole row.</param>
    public BarDataException Fault(string? column, string fault, string remedy) => Place.Fault(Path, column, fault, remedy);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The line of the column names; null if the file has no lines.</summary>
    internal virtual long? HeaderLine => null;

    private protected abstract bool Move();

    private protected virtual void Dispose(bool disposing)
    {
    }

    private protected double NumberOf(int place, ReadOnlySpan<char> field)
    {
        if (!double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed))
            throw Fault(Names[place], $"'{field}' is not a number", "use a plain number such as 100000.50, without thousands separators");
        return Finite(place, parsed, field);
    }

    private protected double Finite(int place, double value, ReadOnlySpan<char> field) => double.IsFinite(value) ? value
        : throw Fault(Names[place], $"'{field}' is not finite", "remove the line or put the right number");

    private protected long TimeOf(int place, ReadOnlySpan<char> field)
    {
        if (!TimeText.TryRead(field, out var time, out var zoned))
            throw Fault(Names[place], $"'{field}' is not a date", "write it as 2024-12-31 or 2024-12-31T15:30:00Z");
        if (zoned is not null && _zoned[place] is not null && _zoned[place] != zoned)
            throw Fault(Names[place], $"'{field}' {(zoned == true ? "names" : "lacks")} a time zone, unlike the lines above",
                "write all times with a zone, or none");
        _zoned[place] = zoned ?? _zoned[place];
        return time;
    }

    private static ITableFormat? FormatOf(string path, PermittedFiles files, TableFormatCatalogue? formats)
    {
        if (formats is null) return null;
        Span<byte> start = stackalloc byte[TableFormatCatalogue.StartLength];
        using var file = files.OpenRead(path, bufferSize: 0);
        return formats.Of(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
    }

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BarStoreException($"{path}: {e.Message.TrimEnd('.')}; make the file readable and try again", e);
        }
    }
}
