using Granary.Data.Tables;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Simulation.Tables;

/// <summary>A table in a text.</summary>
internal sealed class TextTable : DataTable
{
    private readonly TextReader _reader;
    private readonly char _separator;
    private readonly Range[] _fields;
    private readonly long _headerLine;
    private long _line;
    private string _text = "";
    // The fields of a line with quotes, in which a separator may stand.
    private List<string>? _quoted;
    // The first line, if it contains data instead of names.
    private string? _pending;

    private TextTable(string path, TextReader reader, char separator, string[] names, string? pending, long line) : base(path, names)
    {
        (_reader, _separator, _pending, _line, _headerLine) = (reader, separator, pending, line, line);
        _fields = new Range[names.Length + 1];
        if (names.FirstOrDefault(n => names.Count(m => m == n) > 1) is { } twice)
            throw Fault(twice, "the header names this column twice", "give every column a name of its own");
    }

    /// <param name="reader">Is disposed of with the table, or if it is no table.</param>
    /// <exception cref="BarDataException">The file is empty or has no header.</exception>
    public static TextTable Open(string path, TextReader reader, IReadOnlyList<string>? headerless, bool timesAlone = false)
    {
        try
        {
            return Begin(path, reader, headerless, timesAlone);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static TextTable Begin(string path, TextReader reader, IReadOnlyList<string>? headerless, bool timesAlone)
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
        string[] header = [.. (FieldSplitter.Split(line, separator) ?? [.. line.Split(separator)]).Select(f => Clean(f).ToString())];
        if (TimeText.TryRead(header[0], out _, out _))
        {
            if (headerless is null || header.Length != headerless.Count + 1 && !(timesAlone && header.Length == 1))
                throw BarDataException.At(path, number, null, "the first line holds data, not names",
                    $"put a header such as 'date,{headerless?[0] ?? "A"}{(headerless is null ? ",B,C" : "")}' above it");
            return new TextTable(path, reader, separator, ["date", .. headerless.Take(header.Length - 1)], line, number);
        }
        if (header.Length < 2 && !timesAlone)
            throw BarDataException.At(path, number, null, $"the header '{line}' names one column",
                "it needs a date and at least one column of numbers, separated by commas");
        return new TextTable(path, reader, separator, header, null, number);
    }

    public override RowPlace Place => new(_line, 0);

    public override string Text(int place) => Field(place).ToString();

    public override bool IsEmpty(int place) => Field(place).IsEmpty;

    public override double Number(int place) => NumberOf(place, Field(place));

    public override long Time(int place) => TimeOf(place, Field(place));

    internal override long? HeaderLine => _headerLine;

    private protected override bool Move()
    {
        if (!NextLine()) return false;
        _quoted = null;
        var found = _text.AsSpan().Split(_fields, _separator);
        if (_text.Contains('"'))
        {
            _quoted = FieldSplitter.Split(_text, _separator)
                ?? throw Fault(null, "a quotation mark is not closed", "close it or remove it");
            found = _quoted.Count;
        }
        if (found == Names.Count) return true;
        var count = _quoted is null && found > Names.Count ? _text.Count(c => c == _separator) + 1 : found;
        throw Fault(null, $"{count} columns, where the header has {Names.Count}", "give every line as many fields as the header");
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing) _reader.Dispose();
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
            _line++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            _text = text;
            return true;
        }
        return false;
    }

    private ReadOnlySpan<char> Field(int at) => Clean(_quoted is { } quoted ? quoted[at] : _text.AsSpan()[_fields[at]]);

    private static ReadOnlySpan<char> Clean(ReadOnlySpan<char> field) => field.Trim().Trim('"').Trim();
}
