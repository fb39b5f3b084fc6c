using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Simulation.Tables;

/// <summary>Reads one numeric column of a CSV file with a header.</summary>
internal static class NumberColumn
{
    /// <param name="path">UTF-8 text, separated by commas, semicolons or tabs; other columns may contain anything.</param>
    /// <param name="column">Column name in the header; case-sensitive.</param>
    /// <returns>One finite number per row, in the file's order; true and false count as 1 and 0.</returns>
    /// <exception cref="InputException">
    /// The file or column is missing, or a field is not a number. The message gives file, line, column and remedy.
    /// </exception>
    public static double[] Read(string path, string column)
    {
        if (!File.Exists(path)) throw new InputException($"{path}: there is no such file; give the path of a CSV file with a header");
        using var reader = new StreamReader(path);
        var header = reader.ReadLine()?.TrimStart('\uFEFF') ?? throw new InputException($"{path} is empty; it needs a header and a row");
        var separator = header.Contains('\t') ? "\t" : header.Contains(';') && !header.Contains(',') ? ";" : ",";
        var names = header.Split(separator[0], StringSplitOptions.TrimEntries).Select(n => n.Trim('"')).ToList();
        var at = names.IndexOf(column);
        if (at < 0)
            throw new InputException($"{path}, line 1: there is no column '{column}'; "
                + (Spelling.Nearest(column, names) is { } near ? $"did you mean '{near}'?" : $"use one of {string.Join(", ", names)}"));
        if (names.LastIndexOf(column) != at)
            throw new InputException($"{path}, line 1: the header names '{column}' twice; give each column a name of its own");
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator,
            HasHeaderRecord = false,
            TrimOptions = TrimOptions.Trim,
            BadDataFound = null,
        });
        var values = new List<double>();
        while (csv.Read())
        {
            var row = csv.Record!;
            // The header was read before the parser started, so line numbers are shifted by one.
            if (row.Length <= at)
                throw new InputException($"{path}, line {csv.RawRow + 1}: the line has {row.Length} fields and the header {names.Count}; "
                    + "give every line as many fields as the header");
            values.Add(row[at] switch
            {
                "true" or "True" => 1,
                "false" or "False" => 0,
                var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    && double.IsFinite(value) => value,
                var text => throw new InputException(
                    $"{path}, line {csv.RawRow + 1}, {column}: '{text}' is not a number; write one, or remove the line"),
            });
        }
        return values.Count > 0 ? [.. values] : throw new InputException($"{path} has no rows; write one below the header");
    }
}
