using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Engine;

namespace Granary.Simulation.Tables;

/// <summary>Reads weights by strategy id from a CSV file with the columns <c>strategy</c> and <c>weight</c>.</summary>
internal static class WeightsCsv
{
    /// <param name="file">File name for error messages.</param>
    /// <param name="reader">Text separated by commas, semicolons or tabs; other columns are ignored.</param>
    /// <exception cref="InputException">A column is missing, an id is repeated, or a weight is not a number of at least 0.</exception>
    public static IReadOnlyList<(string Strategy, double Weight)> Read(string file, TextReader reader)
    {
        var header = reader.ReadLine() ?? throw new InputException($"{file} is empty; its first line has to be: strategy,weight");
        var separator = header.Contains(';') ? ";" : header.Contains('\t') ? "\t" : ",";
        var names = header.TrimStart('\uFEFF').Split(separator[0], StringSplitOptions.TrimEntries).Select(n => n.Trim('"')).ToList();
        var (strategyAt, weightAt) = (PlaceOf("strategy"), PlaceOf("weight"));
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator,
            HasHeaderRecord = false,
            TrimOptions = TrimOptions.Trim,
            BadDataFound = null,
        });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var weights = new List<(string, double)>();
        while (csv.Read())
        {
            var row = csv.Record!;
            if (row.Length != names.Count)
                throw At("", $"the line has {row.Length} fields and the header {names.Count}; put ids that hold a separator in quotes");
            var (id, text) = (row[strategyAt], row[weightAt]);
            if (id.Length == 0) throw At("strategy", "the id is missing; write one, or remove the line");
            if (!seen.Add(id)) throw At("strategy", $"'{id}' is there twice; keep one of the lines");
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || weight is not (>= 0 and <= 1e6))
                throw At("weight", $"'{text}' is not a weight; write a number from 0 (off) to 1e6");
            weights.Add((id, weight));
        }
        if (weights.Count == 0) throw new InputException($"{file} has no weights; write a line strategy,weight for each strategy");
        return weights;

        // The header was read before the parser started, so line numbers are shifted by one.
        InputException At(string column, string fault) =>
            new($"{file}, line {csv.RawRow + 1}{(column.Length == 0 ? "" : $", {column}")}: {fault}");

        int PlaceOf(string name)
        {
            var at = names.FindIndex(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
            return at >= 0 ? at
                : throw new InputException($"{file}, line 1: there is no column '{name}'; the columns 'strategy' and 'weight' are needed");
        }
    }
}
