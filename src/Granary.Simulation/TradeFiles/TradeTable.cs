using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Simulation.TradeFiles;

/// <summary>The rows of a trade file: separated text, or JSON with a list of trades.</summary>
/// <param name="Columns">Normalised column names; see <see cref="TradeRow.Key"/>.</param>
internal sealed record TradeTable(string File, IReadOnlyList<string> Columns, IReadOnlyList<TradeRow> Rows)
{
    // Keys of the list of trades in result files of freqtrade and LEAN.
    private static readonly string[] Lists = ["closedtrades", "trades"];

    public bool Has(params IReadOnlyList<string> columns) => columns.All(c => Columns.Contains(c, StringComparer.Ordinal));

    /// <summary>Returns the normalised header of a text file; null if it is not a text file.</summary>
    public static IReadOnlyList<string>? HeaderOf(string path)
    {
        using var reader = new StreamReader(path);
        string? line;
        while ((line = reader.ReadLine()) is not null && string.IsNullOrWhiteSpace(line))
        {
        }
        return line is null || line.TrimStart().StartsWith('{') || line.TrimStart().StartsWith('[') ? null
            : Numbered(line.Split(SeparatorOf(line)[0]).Select(f => f.Trim().Trim('"')));
    }

    /// <param name="renamed">Columns of the file by role; null keeps the names of the file.</param>
    /// <param name="files">The files that may be opened; null = all.</param>
    /// <exception cref="InputException">The file is missing or empty, or its rows do not match its header.</exception>
    public static TradeTable Read(string path, IReadOnlyDictionary<string, string>? renamed = null, PermittedFiles? files = null)
    {
        try
        {
            using var reader = new StreamReader((files ?? PermittedFiles.All).OpenRead(path));
            while (char.IsWhiteSpace((char)reader.Peek())) _ = reader.Read();
            return reader.Peek() is '{' or '[' ? FromJson(path, reader.ReadToEnd()) : FromText(path, reader, renamed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read ({e.Message.TrimEnd('.')}); give the path of a file of trades", e);
        }
    }

    private static TradeTable FromText(string path, StreamReader reader, IReadOnlyDictionary<string, string>? renamed)
    {
        var header = reader.ReadLine() ?? throw new InputException($"{path} is empty; give a file of trades with a header");
        var separator = SeparatorOf(header);
        var columns = Numbered(header.Split(separator[0]).Select(f => f.Trim().Trim('"')));
        foreach (var (role, column) in renamed ?? new Dictionary<string, string>())
        {
            var at = columns.IndexOf(TradeRow.Key(column));
            if (at < 0) throw new InputException($"{path}: --columns names '{column}', which is not in its header ({header.Trim()})");
            columns[at] = TradeRow.Key(role);
        }
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator,
            HasHeaderRecord = false,
            TrimOptions = TrimOptions.Trim,
            BadDataFound = null,
        });
        var rows = new List<TradeRow>();
        while (csv.Read())
        {
            var record = csv.Record!;
            if (record.All(f => f.Length == 0)) continue;
            if (record.Length < columns.Count - 1)
                throw new InputException($"{path}, line {csv.RawRow + 1}: the line has {record.Length} fields and the header "
                    + $"{columns.Count}; repair the line, or remove it");
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < Math.Min(record.Length, columns.Count); i++) fields[columns[i]] = CsvText.Read(record[i].Trim('"').Trim());
            rows.Add(new TradeRow(path, csv.RawRow + 1, fields));
        }
        return new TradeTable(path, columns, rows);
    }

    private static TradeTable FromJson(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (ListIn(document.RootElement) is not { } list)
                throw new InputException($"{path}: it has no list 'trades' or 'closedTrades'; give the result file of a backtest");
            var rows = list.EnumerateArray().Select((trade, i) => new TradeRow(path, i + 1, FieldsOf(trade))).ToList();
            var columns = list.EnumerateArray().SelectMany(t => FieldsOf(t).Keys).Distinct(StringComparer.Ordinal).ToList();
            return new TradeTable(path, columns, rows);
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}: this is not valid JSON ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static JsonElement? ListIn(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array) return element;
        if (element.ValueKind != JsonValueKind.Object) return null;
        foreach (var member in element.EnumerateObject())
            if (member.Value.ValueKind == JsonValueKind.Array && Lists.Contains(TradeRow.Key(member.Name), StringComparer.Ordinal))
                return member.Value;
        foreach (var member in element.EnumerateObject())
            if (member.Value.ValueKind == JsonValueKind.Object && ListIn(member.Value) is { } found)
                return found;
        return null;
    }

    private static Dictionary<string, string> FieldsOf(JsonElement trade)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (trade.ValueKind != JsonValueKind.Object) return fields;
        foreach (var member in trade.EnumerateObject()) fields[TradeRow.Key(member.Name)] = TextOf(member.Value);
        return fields;
    }

    // LEAN writes a symbol as an object, or a list of objects, whose value is the ticker.
    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        JsonValueKind.Array when value.GetArrayLength() > 0 => TextOf(value[0]),
        JsonValueKind.Object when value.TryGetProperty("value", out var ticker) || value.TryGetProperty("Value", out ticker) =>
            TextOf(ticker),
        _ => value.GetRawText(),
    };

    private static string SeparatorOf(string header) => header.Contains('\t') ? "\t"
        : header.Count(c => c == ';') > header.Count(c => c == ',') ? ";" : ",";

    private static List<string> Numbered(IEnumerable<string> names)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var columns = new List<string>();
        foreach (var name in names)
        {
            var key = TradeRow.Key(name);
            var times = seen[key] = seen.GetValueOrDefault(key) + 1;
            columns.Add(times > 1 ? key + times.ToString(CultureInfo.InvariantCulture) : key);
        }
        return columns;
    }
}
