using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Application.Tables;

/// <summary>Columns of numbers over time, read from a CSV whose first line names them.</summary>
/// <param name="Names">The value columns, without the time.</param>
/// <param name="Times">UTC ticks, strictly increasing; a time without a zone is taken as UTC.</param>
/// <param name="Columns">One array for each name, of the length of <paramref name="Times"/>; all finite.</param>
public sealed record TimeTable(string File, IReadOnlyList<string> Names, long[] Times, double[][] Columns)
{
    private static readonly string[] TimeNames = ["date", "time", "datetime", "timestamp", "open_time", "day"];

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
        var header = Array.ConvertAll(line.Split(separator), Clean);
        var pending = line;
        var timeAt = 0;
        if (TimeText.TryRead(header[0], out _, out _))
        {
            if (headerless is null || header.Length != headerless.Count + 1)
                throw BarDataException.At(path, number, null, "the first line holds data, not names",
                    $"put a header such as 'date,{headerless?[0] ?? "A"}{(headerless is null ? ",B,C" : "")}' above it");
            header = [TimeNames[0], .. headerless];
        }
        else
        {
            pending = null;
            timeAt = Math.Max(0, Array.FindIndex(header, h => TimeNames.Contains(h, StringComparer.OrdinalIgnoreCase)));
            if (header.Length < 2)
                throw BarDataException.At(path, number, null, $"the header '{line}' names one column",
                    "it needs a date and at least one column of numbers, separated by commas");
        }

        string[] names = [.. header.Where((_, i) => i != timeAt)];
        if (names.FirstOrDefault(n => names.Count(m => m == n) > 1) is { } twice)
            throw BarDataException.At(path, number, twice, "the header names this column twice", "give every column a name of its own");
        var kept = choose?.Invoke(names) ?? names;
        var at = kept.Select(k => Array.IndexOf(header, k)).ToArray();

        var times = new List<long>();
        var lines = new List<long>();
        var columns = Array.ConvertAll(at, _ => new List<double>());
        var fields = new Range[header.Length + 1];
        bool? zonedFile = null;
        for (var text = pending; ; text = null)
        {
            if (text is null)
            {
                text = reader.ReadLine();
                number++;
                if (text is null) break;
                if (string.IsNullOrWhiteSpace(text)) continue;
            }
            var span = text.AsSpan();
            var found = span.Split(fields, separator);
            if (found != header.Length)
            {
                var count = found > header.Length ? text.Count(c => c == separator) + 1 : found;
                throw BarDataException.At(path, number, null, $"{count} columns, where the header has {header.Length}",
                    "give every line as many fields as the header");
            }
            var word = Clean(span[fields[timeAt]]);
            if (!TimeText.TryRead(word, out var time, out var zoned))
                throw BarDataException.At(path, number, header[timeAt], $"'{word}' is no date",
                    "write it as 2024-12-31 or 2024-12-31T15:30:00Z");
            if (zoned is not null)
            {
                if (zonedFile is not null && zonedFile != zoned)
                    throw BarDataException.At(path, number, header[timeAt],
                        $"'{word}' {(zoned == true ? "names" : "lacks")} a time zone, unlike the lines above",
                        "write all times with a zone, or none");
                zonedFile = zoned;
            }
            if (times.Count > 0 && time <= times[^1])
                throw BarDataException.At(path, number, header[timeAt], time == times[^1] ? $"'{word}' comes twice"
                    : $"'{word}' is earlier than the line above",
                    time == times[^1] ? "keep one line for each time" : "sort the lines by time, oldest first");
            times.Add(time);
            lines.Add(number);
            for (var c = 0; c < at.Length; c++)
            {
                var value = Clean(span[fields[at[c]]]);
                if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed))
                    throw BarDataException.At(path, number, kept[c], $"'{value}' is no number",
                        "use a plain number such as 100000.50, without thousands separators");
                if (!double.IsFinite(parsed))
                    throw BarDataException.At(path, number, kept[c], $"'{value}' is not finite", "remove the line or put the right number");
                columns[c].Add(parsed);
            }
        }
        if (times.Count == 0) throw BarDataException.At(path, null, null, "there are no lines below the header", "add at least two dates");
        return new TimeTable(path, [.. kept], [.. times], Array.ConvertAll(columns, c => c.ToArray())) { Lines = [.. lines] };
    }

    // The line of the file that each row came from, for faults that show only later.
    private long[] Lines { get; init; } = [];

    /// <summary>The exception for a value of row <paramref name="row"/> that is a number, but not one that its reader can use.</summary>
    internal BarDataException Fault(int row, string? column, string fault, string remedy) =>
        BarDataException.At(File, Lines[row], column, fault, remedy);

    private static string Clean(string field) => field.AsSpan().Trim().Trim('"').Trim().ToString();

    private static ReadOnlySpan<char> Clean(ReadOnlySpan<char> field) => field.Trim().Trim('"').Trim();
}
