using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Simulation.Tables;

/// <summary>
/// Reads the members of a universe over time: a file with the columns <c>symbol</c>, <c>from</c>, <c>to</c> and, if wanted,
/// <c>delisting_return</c>.
/// </summary>
public static class MembersCsv
{
    private const string Symbol = "symbol", From = "from", To = "to", Return = "delisting_return";

    /// <param name="path">A text file, UTF-8, separated by commas, semicolons or tabs.</param>
    /// <param name="files">The files that may be opened.</param>
    /// <returns>The rows by symbol and time.</returns>
    /// <exception cref="BarDataException">The file is missing, or a line is invalid; one sentence with its place.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static IReadOnlyList<MemberRow> Read(string path, PermittedFiles files)
    {
        if (Directory.Exists(path)) throw BarDataException.At(path, null, null, "this is a folder", "name a file of members");
        if (!File.Exists(path)) throw BarDataException.At(path, null, null, "there is no such file", "check the path");
        try
        {
            using var reader = new StreamReader(files.OpenRead(path));
            return Read(path, reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BarStoreException($"{path}: {e.Message.TrimEnd('.')}; make the file readable and try again", e);
        }
    }

    private static List<MemberRow> Read(string path, TextReader reader)
    {
        var line = reader.ReadLine();
        if (string.IsNullOrWhiteSpace(line))
            throw BarDataException.At(path, 1, null, "the file has no header", "its first line has to be: symbol,from,to");
        var separator = line.Contains('\t') ? "\t" : line.Contains(';') && !line.Contains(',') ? ";" : ",";
        string[] header = [.. line.TrimStart('\uFEFF').Split(separator[0], StringSplitOptions.TrimEntries).Select(n => n.Trim('"').Trim())];
        CheckHeader(path, header);
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator,
            HasHeaderRecord = false,
            TrimOptions = TrimOptions.Trim,
            BadDataFound = null,
        });
        var rows = new List<(MemberRow Row, long Line)>();
        while (csv.Read())
        {
            // The header was read before the parser started, so its line numbers are one too small.
            var (fields, number) = (csv.Record!, csv.RawRow + 1L);
            if (fields.All(f => f.Length == 0)) continue;
            if (fields.Length != header.Length)
                throw BarDataException.At(path, number, null, $"{fields.Length} columns, where the header has {header.Length}",
                    "give every line as many fields as the header");
            rows.Add((RowOf(path, number, header, fields), number));
        }
        if (rows.Count == 0) throw BarDataException.At(path, null, null, "there are no lines below the header", "add a line for each member");
        return Ordered(path, rows);
    }

    private static void CheckHeader(string path, string[] header)
    {
        string[] known = [Symbol, From, To, Return];
        foreach (var name in header)
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw BarDataException.At(path, 1, name, "this column is not one of a file of members", Spelling.Nearest(name, known) is { } near
                    ? $"did you mean '{near}'?" : $"remove it; the columns are {string.Join(", ", known)}");
        foreach (var name in known)
            if (header.Count(h => h.Equals(name, StringComparison.OrdinalIgnoreCase)) is var times && times > 1)
                throw BarDataException.At(path, 1, name, "the header names this column twice", "keep one of them");
            else if (times == 0 && name != Return)
                throw BarDataException.At(path, 1, name, "the header does not have this column", "its first line has to be: symbol,from,to");
    }

    private static MemberRow RowOf(string path, long line, string[] header, string[] fields)
    {
        var (symbol, from, to) = (Field(Symbol), Time(From, 0), Time(To, long.MaxValue));
        if (symbol.Length == 0) throw BarDataException.At(path, line, Symbol, "the symbol is missing", "write it, or remove the line");
        if (to <= from)
            throw BarDataException.At(path, line, To, $"'{Field(To)}' is not after '{Field(From)}'",
                "'to' is the first time at which the symbol is no member any more; write a later one");
        double? loss = null;
        if (Field(Return) is { Length: > 0 } text)
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value is not (>= -1 and <= 100))
                throw BarDataException.At(path, line, Return, $"'{text}' is not a return", "write a fraction from -1 to 100, such as -0.3");
            if (to == long.MaxValue)
                throw BarDataException.At(path, line, Return, "the symbol is still a member, so it was not delisted",
                    "write the date of the delisting as 'to', or leave the return out");
            loss = value;
        }
        return new MemberRow(symbol, from, to, loss);

        string Field(string name)
        {
            var at = Array.FindIndex(header, h => h.Equals(name, StringComparison.OrdinalIgnoreCase));
            return at < 0 ? "" : fields[at].Trim('"').Trim();
        }

        long Time(string name, long missing)
        {
            if (Field(name) is not { Length: > 0 } text) return missing;
            return TimeText.TryRead(text, out var ticks, out _) ? ticks
                : throw BarDataException.At(path, line, name, $"'{text}' is not a date", "write it as 2024-12-31 or 2024-12-31T15:30:00Z");
        }
    }

    private static List<MemberRow> Ordered(string path, List<(MemberRow Row, long Line)> rows)
    {
        List<(MemberRow Row, long Line)> ordered =
            [.. rows.OrderBy(r => r.Row.Symbol, StringComparer.Ordinal).ThenBy(r => r.Row.From).ThenBy(r => r.Line)];
        for (var i = 1; i < ordered.Count; i++)
        {
            var ((before, first), (row, line)) = (ordered[i - 1], ordered[i]);
            if (before.Symbol != row.Symbol) continue;
            var (earlier, later) = (Math.Min(first, line), Math.Max(first, line));
            if (before == row)
                throw BarDataException.At(path, later, Symbol, $"the row of '{row.Symbol}' is also in line {earlier}", "keep one of them");
            if (row.From < before.To)
                throw BarDataException.At(path, later, From, $"this span of '{row.Symbol}' overlaps that of line {earlier}",
                    "make the spans of a symbol follow one another, or join them");
            if (before.DelistingReturn is not null)
                throw BarDataException.At(path, first, Return, $"'{row.Symbol}' is a member again in line {line}",
                    "leave the return out, or give the later company a symbol of its own");
        }
        return ordered.ConvertAll(r => r.Row);
    }
}
