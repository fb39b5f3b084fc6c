using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Simulation.Tables;

/// <summary>Reads the rows of a time-series table one by one. Each error names its line and column.</summary>
internal sealed class TimeTableRows
{
    private static readonly string[] TimeNames = ["date", "time", "datetime", "timestamp", "open_time", "day"];

    private readonly string _path;
    private readonly TextReader _reader;
    private readonly char _separator;
    private readonly string[] _header;
    private readonly int _timeAt;
    private readonly Range[] _fields;
    private string _text = "";
    // The first line, if it contains data instead of names.
    private string? _pending;
    private bool? _zoned;

    private TimeTableRows(string path, TextReader reader, char separator, string[] header, (int TimeAt, string? Pending, long Line) first)
    {
        (_path, _reader, _separator, _header) = (path, reader, separator, header);
        (_timeAt, _pending, Line) = first;
        _fields = new Range[header.Length + 1];
        Names = [.. header.Where((_, i) => i != _timeAt)];
        if (Names.FirstOrDefault(n => Names.Count(m => m == n) > 1) is { } twice)
            throw Fault(twice, "the header names this column twice", "give every column a name of its own");
    }

    /// <summary>Names of the numeric columns, in order.</summary>
    public string[] Names { get; }

    /// <summary>Line number of the current row, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Time of the current row, UTC ticks; later than that of the previous row.</summary>
    public long Time { get; private set; } = long.MinValue;

    /// <param name="headerless">Names of the value columns if the first line contains data; null refuses such a file.</param>
    /// <exception cref="BarDataException">The file is empty or has no header.</exception>
    public static TimeTableRows Open(string path, TextReader reader, IReadOnlyList<string>? headerless)
    {
        long number = 0;
        string? line;
        do
        {
            line = reader.ReadLine();
            number++;
        }
        while (line is not null && string.IsNullOrWhiteSpace(line));
        if (line is null) throw BarDataException.At(path, null, null, "the file is empty",
            "it needs a header such as 'date,equity' and a line for each date");

        var separator = line.Contains('\t') ? '\t' : line.Contains(';') && !line.Contains(',') ? ';' : ',';
        var header = Array.ConvertAll(line.Split(separator), field => Clean(field).ToString());
        if (TimeText.TryRead(header[0], out _, out _))
        {
            if (headerless is null || header.Length != headerless.Count + 1)
                throw BarDataException.At(path, number, null, "the first line holds data, not names",
                    $"put a header such as 'date,{headerless?[0] ?? "A"}{(headerless is null ? ",B,C" : "")}' above it");
            return new TimeTableRows(path, reader, separator, [TimeNames[0], .. headerless], (0, line, number));
        }
        if (header.Length < 2)
            throw BarDataException.At(path, number, null, $"the header '{line}' names one column",
                "it needs a date and at least one column of numbers, separated by commas");
        var timeAt = Math.Max(0, Array.FindIndex(header, h => TimeNames.Contains(h, StringComparer.OrdinalIgnoreCase)));
        return new TimeTableRows(path, reader, separator, header, (timeAt, null, number));
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>false after the last row.</returns>
    /// <exception cref="BarDataException">The line is not a row of the table, or its time is not later than the previous one.</exception>
    public bool Next()
    {
        if (!NextLine()) return false;
        var found = _text.AsSpan().Split(_fields, _separator);
        if (found != _header.Length)
        {
            var count = found > _header.Length ? _text.Count(c => c == _separator) + 1 : found;
            throw Fault(null, $"{count} columns, where the header has {_header.Length}", "give every line as many fields as the header");
        }
        var word = Field(_timeAt);
        if (!TimeText.TryRead(word, out var time, out var zoned))
            throw Fault(_header[_timeAt], $"'{word}' is not a date", "write it as 2024-12-31 or 2024-12-31T15:30:00Z");
        if (zoned is not null && _zoned is not null && _zoned != zoned)
            throw Fault(_header[_timeAt], $"'{word}' {(zoned == true ? "names" : "lacks")} a time zone, unlike the lines above",
                "write all times with a zone, or none");
        _zoned = zoned ?? _zoned;
        if (time == Time) throw Fault(_header[_timeAt], $"'{word}' comes twice", "keep one line for each time");
        if (time < Time)
            throw Fault(_header[_timeAt], $"'{word}' is earlier than the line above", "sort the lines by time, oldest first");
        Time = time;
        return true;
    }

    /// <summary>Index of a column among the fields of a row.</summary>
    public int PlaceOf(string column) => Array.IndexOf(_header, column);

    /// <summary>Returns a number of the current row.</summary>
    /// <param name="place">Index of the column; see <see cref="PlaceOf"/>.</param>
    /// <exception cref="BarDataException">The field is not a finite number.</exception>
    public double Number(int place)
    {
        var value = Field(place);
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed))
            throw Fault(_header[place], $"'{value}' is not a number", "use a plain number such as 100000.50, without thousands separators");
        return double.IsFinite(parsed) ? parsed
            : throw Fault(_header[place], $"'{value}' is not finite", "remove the line or put the right number");
    }

    private bool NextLine()
    {
        if (_pending is { } first)
        {
            (_text, _pending) = (first, null);
            return true;
        }
        while (_reader.ReadLine() is { } text)
        {
            Line++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            _text = text;
            return true;
        }
        return false;
    }

    private ReadOnlySpan<char> Field(int at) => Clean(_text.AsSpan()[_fields[at]]);

    private BarDataException Fault(string? column, string fault, string remedy) => BarDataException.At(_path, Line, column, fault, remedy);

    private static ReadOnlySpan<char> Clean(ReadOnlySpan<char> field) => field.Trim().Trim('"').Trim();
}
