using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Granary.Parquet.Tests.Writing;

/// <summary>A CSV file of a run, read without code of the product.</summary>
internal sealed record CsvText(string[] Header, IReadOnlyList<string[]> Rows)
{
    public static CsvText Read(string path)
    {
        using var csv = new CsvParser(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        var (header, rows) = (csv.Record!, new List<string[]>());
        while (csv.Read()) rows.Add(csv.Record!);
        return new CsvText(header, rows);
    }

    /// <summary>Whether a value read from another format is that of the cell.</summary>
    /// <param name="value">Null, double, long, string, or a decimal: nanoseconds since 1970.</param>
    public static bool IsSame(object? value, string cell) => value switch
    {
        null => cell.Length == 0,
        _ when cell.Length == 0 => false,
        double number => BitConverter.DoubleToInt64Bits(number)
            == BitConverter.DoubleToInt64Bits(double.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture)),
        long whole => whole.ToString(CultureInfo.InvariantCulture) == cell,
        decimal nanoseconds => nanoseconds
            == (DateTimeOffset.Parse(cell, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100m,
        string text => text == Bare(cell),
        _ => false,
    };

    // A cell that a spreadsheet would evaluate has an apostrophe in front.
    private static string Bare(string cell) =>
        cell[0] == '\'' && cell.TrimStart('\'') is { Length: > 0 } bare && "=+-@\t\r".Contains(bare[0]) ? cell[1..] : cell;
}
