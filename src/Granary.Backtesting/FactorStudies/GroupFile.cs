using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Backtesting.FactorStudies;

/// <summary>Reads the groups of symbols from a CSV file with the columns symbol and group, and optionally from.</summary>
internal static class GroupFile
{
    private static readonly string[] Columns = ["symbol", "group", "from"];

    /// <param name="From">UTC ticks from which the symbol belongs to the group; 0 = always.</param>
    public sealed record Row(string Symbol, string Group, long From);

    /// <returns>The rows in the order of their times.</returns>
    /// <exception cref="InputException">The file is missing or wrong; the message has line, column and remedy.</exception>
    public static IReadOnlyList<Row> Read(Address address)
    {
        var path = address.Path!;
        if (Directory.Exists(path))
            throw new InputException($"{path} is a folder; give a CSV file with the columns symbol and group");
        if (!File.Exists(path))
            throw new InputException($"{path} does not exist; give a CSV file with the columns symbol and group");
        try
        {
            using var reader = new StreamReader(address.Files.OpenRead(path));
            return Read(path, reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message.TrimEnd('.')}; make it readable, or give another file", e);
        }
    }

    private static List<Row> Read(string path, StreamReader reader)
    {
        var header = reader.ReadLine() ?? throw new InputException($"{path} is empty; its first line has to be: symbol,group");
        var separator = header.Contains('\t') ? "\t" : header.Contains(';') && !header.Contains(',') ? ";" : ",";
        var names = header.TrimStart('\uFEFF').Split(separator[0], StringSplitOptions.TrimEntries).Select(n => n.Trim('"')).ToList();
        int[] places = [.. Columns.Select(PlaceOf)];
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator,
            HasHeaderRecord = false,
            TrimOptions = TrimOptions.Trim,
            BadDataFound = null,
        });
        var (rows, seen) = (new List<Row>(), new HashSet<(string, long)>());
        while (csv.Read())
        {
            var row = csv.Record!;
            if (row.Length != names.Count)
                throw At("", $"the line has {row.Length} fields and the header {names.Count}; give every line as many as the header");
            var (symbol, group, from) = (row[places[0]], row[places[1]], places[2] < 0 ? "" : row[places[2]]);
            if (symbol.Length == 0) throw At("symbol", "the symbol is missing; write one, or remove the line");
            if (group.Length == 0) throw At("group", "the group is missing; write one, or remove the line");
            var time = from.Length == 0 ? 0 : UtcTicks.TryRead(from)
                ?? throw At("from", $"'{from}' is not a date; write it as 2024-01-31, or leave it empty for all times");
            if (!seen.Add((symbol, time)))
                throw At("symbol", $"'{symbol}' is there twice{(time == 0 ? "" : " for the same date")}; keep one of the lines");
            rows.Add(new Row(symbol, group, time));
        }
        return rows.Count > 0 ? [.. rows.OrderBy(r => r.From)]
            : throw new InputException($"{path} has no groups; write a line symbol,group for each symbol");

        // The header was read before the parser started, so line numbers are shifted by one.
        InputException At(string column, string fault) =>
            new($"{path}, line {csv.RawRow + 1}{(column.Length == 0 ? "" : $", {column}")}: {fault}");

        int PlaceOf(string name)
        {
            var at = names.FindIndex(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at < 0 && name != Columns[2])
                throw new InputException($"{path}, line 1: there is no column '{name}'; the columns symbol and group are needed, and from "
                    + "is possible");
            if (at >= 0 && names.FindLastIndex(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) != at)
                throw new InputException($"{path}, line 1: the header names '{name}' twice; give each column a name of its own");
            return at;
        }
    }
}
