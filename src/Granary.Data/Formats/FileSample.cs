using System.Buffers;
using System.Text;
using Granary.Data.Files;
using Granary.Data.Tables;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>The start of a file, cut into lines and fields, from which its format is recognized.</summary>
public sealed class FileSample
{
    private const int Size = 64 << 10;
    private const int TableRows = 256;
    private const int MostRemarks = 20;
    private static readonly string[] PriceNames = ["open", "high", "low", "close"];
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    // Places of the rows of a typed table; null for a text.
    private readonly List<RowPlace>? _places;

    private FileSample(TextFile file, byte[] head, bool whole)
    {
        File = file;
        Head = head;
        var text = head.AsSpan();
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        var trimmed = text.TrimStart(" \t\r\n"u8);
        // A program that was killed while it wrote leaves NUL bytes at the end, which the reader passes over too.
        if (whole) text = text.TrimEnd((byte)0);
        StartsWithBracket = trimmed.Length > 0 && trimmed[0] == '[';
        StartsWithBrace = trimmed.Length > 0 && trimmed[0] == '{';
        var lines = new List<string>();
        while (text.Length > 0)
        {
            var end = text.IndexOf((byte)'\n');
            // The last line of a longer file is incomplete.
            if (end < 0 && !whole) break;
            var line = end < 0 ? text : text[..end];
            if (line.Length > 0 && line[^1] == '\r') line = line[..^1];
            lines.Add(Encoding.UTF8.GetString(line));
            text = end < 0 ? [] : text[(end + 1)..];
        }
        Lines = lines;

        (HeaderLines, Header, Delimiter) = FindTable(lines);
        HasHeader = Header.Count > 0;
        Rows = [.. lines.Skip(HeaderLines).Where(l => l.Trim().Length > 0).Select(l => FieldSplitter.Split(l, Delimiter))
            .OfType<List<string>>()];
    }

    // The sample of a typed table is the text of the same table.
    private FileSample(TextFile file, IReadOnlyList<string> header, List<(RowPlace Place, List<string> Fields)> rows)
    {
        File = file;
        Lines = [.. rows.Select(r => r.Fields).Prepend([.. header]).Select(f => string.Join(',', f.Select(Quoted)))];
        Head = Encoding.UTF8.GetBytes(string.Join('\n', Lines));
        (HeaderLines, Header, Delimiter, HasHeader) = (1, header, ',', true);
        Rows = [.. rows.Select(r => r.Fields)];
        _places = [.. rows.Select(r => r.Place)];
    }

    private static string Quoted(string field) => field.AsSpan().IndexOfAny(',', '"') < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";

    // Comments, links and blank lines may precede the table: lines that begin with # or //, and lines of one field.
    private static (int Lines, IReadOnlyList<string> Header, char Delimiter) FindTable(List<string> lines)
    {
        var (first, others) = (0, 0);
        for (; first < lines.Count - 1; first++)
        {
            if (IsComment(lines[first]) || lines[first].Trim().Length == 0) continue;
            if (lines[first].IndexOfAny(Delimiters) >= 0 || ++others > MostRemarks) break;
        }
        if (ReadHeader(lines, first, out var delimiter) is { } header) return (first + 1, header, delimiter);
        // numpy writes the column names as the last comment.
        if (first > 0 && IsComment(lines[first - 1]) && lines[first - 1].TrimStart('#', '/', ' ') is var names
            && ReadHeader([names, .. lines.Skip(first)], 0, out delimiter) is { } commented
            && commented.Count == FieldSplitter.Split(lines[first], delimiter)?.Count
            && commented.Exists(name => Plain(name) is "close" or "c" or "last" or "price")) return (first, commented, delimiter);
        _ = ReadHeader(lines, first, out delimiter);
        // Without a header below it, a line of one field is a faulty row.
        for (var i = first - 1; i >= 0; i--)
            if (lines[i].Trim().Length > 0 && !IsComment(lines[i]))
                first = i;
        return (first, [], delimiter);
    }

    private static bool IsComment(string line) => line.StartsWith('#') || line.StartsWith("//", StringComparison.Ordinal);

    // A line is a header if none of its fields is a value, or if it names prices: "52W High" begins with a digit, 200 may be an average.
    private static List<string>? ReadHeader(List<string> lines, int first, out char delimiter)
    {
        var probe = lines.Count > first + 1 ? lines[first + 1] : lines.Count > first ? lines[first] : "";
        delimiter = Delimiters.MaxBy(d => probe.Count(c => c == d));
        if (lines.Count <= first) return null;
        // A delimiter also occurs in the header. A comma that occurs in rows only is a decimal comma.
        if (!lines[first].Contains(delimiter)) delimiter = Delimiters.MaxBy(d => lines[first].Count(c => c == d));
        var cells = FieldSplitter.Split(lines[first], delimiter) ?? [];
        return cells.Count > 1 && (cells.TrueForAll(c => !IsValue(c)) || cells.Count(c => PriceNames.Contains(Plain(c))) >= 3)
            ? cells.ConvertAll(c => c.Trim()) : null;
    }

    /// <summary>Name of the file in messages.</summary>
    public string FileName => File.DisplayName;

    internal TextFile File { get; }

    internal byte[] Head { get; }

    /// <summary>The first lines of the file, without line ends.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Whether the text is a JSON array.</summary>
    public bool StartsWithBracket { get; }

    /// <summary>Whether the text is a JSON object.</summary>
    public bool StartsWithBrace { get; }

    /// <summary>Comma, semicolon, tab or bar: of those in the header, the one that is most frequent in the first row.</summary>
    public char Delimiter { get; }

    /// <summary>Whether the first line names the columns.</summary>
    public bool HasHeader { get; }

    /// <summary>The trimmed column names; empty without a header.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>The number of lines before the first row, including the header.</summary>
    public int HeaderLines { get; }

    /// <summary>The rows' fields.</summary>
    public IReadOnlyList<List<string>> Rows { get; }

    /// <summary>The fields of one column of the first rows, as bytes.</summary>
    public List<byte[]> Column(int index) =>
        [.. Rows.Where(r => r.Count > index && r[index].Trim().Length > 0).Select(r => Encoding.UTF8.GetBytes(r[index].Trim()))];

    /// <summary>Whether the start of the file contains a text, in ASCII.</summary>
    internal bool Contains(string text) => Head.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;

    /// <summary>Whether the file is a typed table.</summary>
    internal bool IsTable => _places is not null;

    /// <summary>The error of a row of the sample, or of its header.</summary>
    /// <param name="row">Index in <see cref="Rows"/>; null for the header.</param>
    internal BarDataException Fault(int? row, string? field, string fault, string remedy) => _places is null
        ? BarDataException.At(FileName, Math.Max(1, HeaderLines + (row + 1 ?? 0)), field, fault, remedy)
        : row is { } r && r < _places.Count ? BarDataException.InRow(FileName, _places[r].Group, _places[r].Row, field, fault, remedy)
        : BarDataException.At(FileName, null, field, fault, remedy);

    /// <summary>Reads the first rows of a typed table.</summary>
    /// <exception cref="BarDataException">The file is damaged, or has no rows.</exception>
    private static FileSample OfTable(TextFile file, ITableFormat format)
    {
        using var table = file.OpenTable(format);
        var columns = table.Columns;
        int[] readable = [.. Enumerable.Range(0, columns.Count).Where(c => columns[c].Kind != TableKind.Other)];
        if (readable.Length == 0 || table.Rows == 0)
            throw BarDataException.At(file.DisplayName, null, null, table.Rows == 0 ? "there are no rows in it"
                : "its columns are lists or structures, which have no one value a row", "export it again with bars as rows");
        var (rows, length) = (new List<(RowPlace, List<string>)>(), 0);
        using var reader = table.Read(readable, batchSize: TableRows);
        while (length < Size && reader.Next() is { } batch)
        {
            for (var i = 0; i < batch.Count && length < Size; i++)
            {
                var fields = columns.Select(_ => "").ToList();
                for (var c = 0; c < readable.Length; c++)
                    fields[readable[c]] = OneLine(TableText.Of(columns[readable[c]], batch.Columns[c], i));
                length += fields.Sum(f => f.Length + 1);
                rows.Add((new RowPlace(batch.First + i, batch.Group), fields));
            }
        }
        return new FileSample(file, [.. columns.Select(c => OneLine(c.Name))], rows);
    }

    private static string OneLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : text.ReplaceLineEndings(" ");

    /// <param name="table">The file's format if it is a typed table; null for a text.</param>
    /// <exception cref="BarDataException">The file is not readable as text, or as a table.</exception>
    internal static FileSample Of(TextFile file, ITableFormat? table)
    {
        if (table is not null) return OfTable(file, table);
        var rented = ArrayPool<byte>.Shared.Rent(Size);
        var n = 0;
        byte[] head;
        try
        {
            using var stream = file.OpenRead();
            int read;
            while (n < Size && (read = stream.Read(rented, n, Size - n)) > 0) n += read;
            head = rented[..n];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        var sample = new FileSample(file, head, whole: n < Size);
        if (n == 0 || sample.Lines.Count == 0 && n < Size)
            throw BarDataException.At(file.DisplayName, null, null, "the file is empty", "download or export it again");
        if (head.AsSpan(0, Math.Min(n, 4096)).TrimEnd((byte)0).Contains((byte)0))
            throw BarDataException.At(file.DisplayName, 1, null, "this is not text",
                "name a CSV, a JSON array, or one of them in a .gz, .zst or .zip");
        return sample;
    }

    /// <summary>Normalizes a column name to lower-case letters and digits: "Adj Close" and "adj_close" become "adjclose".</summary>
    public static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    // A number in any spelling, or a time.
    private static bool IsValue(string field)
    {
        var f = field.Trim();
        if (f.Length == 0 || !(char.IsDigit(f[0]) || f.Length > 1 && f[0] is '-' or '+' or '.' && char.IsDigit(f[1]))) return false;
        var number = f.TrimEnd('%', 'K', 'M', 'B', 'T');
        return WrittenNumber.Plain(number, decimalComma: false, ofVolume: false, withUnits: true) is not null
            || WrittenNumber.Plain(number, decimalComma: true, ofVolume: false, withUnits: true) is not null
            || double.TryParse(f, System.Globalization.CultureInfo.InvariantCulture, out _)
            || TimestampStyle.Detect([Encoding.UTF8.GetBytes(f)], out _) is not null
            || TimestampStyle.IsOutsideOfYears(Encoding.UTF8.GetBytes(f))
            || !f.AsSpan().ContainsAnyExcept("0123456789 .,:;/+-");
    }
}
