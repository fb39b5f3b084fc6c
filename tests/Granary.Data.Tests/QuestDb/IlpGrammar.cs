using System.Globalization;
using System.Text;

namespace Granary.Data.Tests.QuestDb;

/// <summary>One line of the protocol, taken apart.</summary>
internal sealed record IlpLine(string Table, IReadOnlyList<(string Name, string Value)> Symbols,
    IReadOnlyList<(string Name, object Value)> Columns, long? Timestamp);

/// <summary>
/// QuestDB's line protocol, strictly: table[,symbol=value…][ column=value[,column=value…]][ timestamp]\n, written from QuestDB's reference
/// and its own parser. What QuestDB refuses is refused here, with the line's number.
/// </summary>
internal static class IlpGrammar
{
    // As in QuestDB's TableUtils: what a name of a table or column cannot have in it.
    private const string NotInTables = "\r\n?,'\"\\/:)(+*%~\0\u007f\ufeff";
    private const string NotInColumns = NotInTables + ".-";

    public static List<IlpLine> Parse(ReadOnlySpan<byte> bytes)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("the text is no UTF-8", e);
        }
        var lines = new List<IlpLine>();
        if (text.Length == 0) return lines;
        if (text[^1] != '\n') throw new FormatException("the last line has no end");
        var number = 0;
        foreach (var line in text[..^1].Split('\n'))
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            try
            {
                lines.Add(Line(line));
            }
            catch (FormatException e)
            {
                throw new FormatException($"line {number}: {e.Message}", e);
            }
        }
        return lines;
    }

    private static IlpLine Line(string line)
    {
        var at = 0;
        var table = Name(line, ref at, ", ");
        Demand(table.Length is > 0 and <= 127 && !table.Any(c => NotInTables.Contains(c)) && table[0] != '.' && table[^1] != '.'
            && !table.Contains("..", StringComparison.Ordinal), $"'{table}' is not a name of a table");
        var symbols = new List<(string, string)>();
        while (at < line.Length && line[at] == ',')
        {
            at++;
            var name = Name(line, ref at, "=, ");
            Column(name);
            Demand(at < line.Length && line[at] == '=', $"the symbol '{name}' has no value");
            at++;
            var value = Name(line, ref at, ", ");
            symbols.Add((name, value));
        }
        Demand(at < line.Length, "there is neither a column nor a time");
        at++; // the blank
        var columns = new List<(string, object)>();
        if (at < line.Length && !Digits(line[at..]))
        {
            while (true)
            {
                var name = Name(line, ref at, "=, ");
                Column(name);
                Demand(at < line.Length && line[at] == '=', $"the column '{name}' has no value");
                at++;
                columns.Add((name, Value(line, ref at)));
                if (at >= line.Length || line[at] != ',') break;
                at++;
            }
        }
        Demand(symbols.Count + columns.Count > 0, "there is neither a symbol nor a column");
        long? time = null;
        if (at < line.Length)
        {
            if (line[at] == ' ') at++;
            var rest = line[at..];
            Demand(Digits(rest) && long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out _), $"'{rest}' is not a time");
            time = long.Parse(rest, CultureInfo.InvariantCulture);
        }
        var names = symbols.Select(s => s.Item1).Concat(columns.Select(c => c.Item1)).ToList();
        Demand(names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Count, "a column is there twice");
        return new IlpLine(table, symbols, columns, time);
    }

    // Up to one of the ends; a backslash takes what stands behind it as it is.
    private static string Name(string line, ref int at, string ends)
    {
        var name = new StringBuilder();
        for (; at < line.Length; at++)
        {
            var c = line[at];
            if (c == '\\')
            {
                Demand(++at < line.Length, "the line ends behind a backslash");
                name.Append(line[at]);
                continue;
            }
            if (ends.Contains(c)) break;
            Demand(c is not '\r' and not '\0', "there is a control character");
            name.Append(c);
        }
        return name.ToString();
    }

    private static void Column(string name) =>
        Demand(name.Length is > 0 and <= 127 && !name.Any(c => NotInColumns.Contains(c)), $"'{name}' is not a name of a column");

    private static object Value(string line, ref int at)
    {
        if (at < line.Length && line[at] == '"')
        {
            var text = new StringBuilder();
            for (at++; at < line.Length && line[at] != '"'; at++)
            {
                if (line[at] == '\\') at++;
                Demand(at < line.Length, "a string does not end");
                text.Append(line[at]);
            }
            Demand(at < line.Length, "a string does not end");
            at++;
            return text.ToString();
        }
        var start = at;
        while (at < line.Length && line[at] is not (',' or ' ')) at++;
        var value = line[start..at];
        if (value is "t" or "T" or "true" or "True" or "TRUE") return true;
        if (value is "f" or "F" or "false" or "False" or "FALSE") return false;
        if (value.EndsWith('i') && long.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var whole)) return whole;
        if (value.EndsWith('t') && long.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var time)) return DateTime.UnixEpoch.AddTicks(time * 10);
        Demand(value.Length > 0 && value[0] != '+' && value.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'e' or 'E'),
            $"'{value}' is not a value");
        Demand(double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number), $"'{value}' is not a number");
        return number;
    }

    private static bool Digits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static void Demand(bool holds, string fault)
    {
        if (!holds) throw new FormatException(fault);
    }
}
