namespace Granary.Engine.Market;

/// <summary>
/// Bars that were asked for or handed in are not usable: a missing file, a wrong number, an unknown symbol.
/// The message is one sentence that names the place, the field and the remedy, and is shown to users as it is (exit code 2).
/// </summary>
public sealed class BarDataException : Exception
{
    public BarDataException()
    {
    }

    public BarDataException(string message) : base(message)
    {
    }

    public BarDataException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>A fault at a place: "file, line 12, high: what is wrong; remedy".</summary>
    /// <param name="file">The path as the user knows it.</param>
    /// <param name="line">Counted from 1; null where the fault is not in a line.</param>
    /// <param name="field">The column; null where it is not one field's fault.</param>
    public static BarDataException At(string file, long? line, string? field, string fault, string remedy, Exception? inner = null)
    {
        var place = file;
        if (line is not null) place += string.Create(System.Globalization.CultureInfo.InvariantCulture, $", line {line}");
        if (field is not null) place += ", " + field;
        var message = $"{place}: {fault}; {remedy}";
        return inner is null
            ? new BarDataException(message) { File = file, Line = line, Field = field }
            : new BarDataException(message, inner) { File = file, Line = line, Field = field };
    }

    /// <summary>A fault at a place of a file with row groups: "file, row group 2, row 12, high: what is wrong; remedy".</summary>
    /// <param name="group">Counted from 1; 0 for a file of lines.</param>
    /// <param name="row">The row in the file, or the line; counted from 1.</param>
    /// <param name="field">The column; null where it is not one field's fault.</param>
    public static BarDataException InRow(string file, int group, long row, string? field, string fault, string remedy,
        Exception? inner = null)
    {
        if (group == 0) return At(file, row, field, fault, remedy, inner);
        var place = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file}, row group {group}, row {row}");
        if (field is not null) place += ", " + field;
        return new BarDataException($"{place}: {fault}; {remedy}", inner!) { File = file, Group = group, Line = row, Field = field };
    }

    /// <summary>A fault of a row whose message was made in another process.</summary>
    /// <param name="message">The whole sentence.</param>
    /// <param name="line">Counted from 1; null where the fault is not in a line.</param>
    public static BarDataException InLine(string message, long? line) => new(message) { Line = line };

    public string? File { get; private init; }

    /// <summary>The line, or the row of a file with row groups; null if the fault is not in one.</summary>
    public long? Line { get; private init; }

    /// <summary>The row group, counted from 1; 0 for a file of lines.</summary>
    public int Group { get; private init; }

    public string? Field { get; private init; }
}
