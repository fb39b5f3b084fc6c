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

    /// <summary>Fails if a value read from another format is not that of the cell.</summary>
    /// <param name="value">Null, double, long, string, or a decimal: nanoseconds since 1970.</param>
    public static void ShouldBe(object? value, string cell, string place)
    {
        if (cell.Length == 0)
        {
            value.ShouldBeNull(place);
            return;
        }
        switch (value)
        {
            case double number:
                BitConverter.DoubleToInt64Bits(number).ShouldBe(
                    BitConverter.DoubleToInt64Bits(double.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture)), place);
                break;
            case long whole:
                whole.ToString(CultureInfo.InvariantCulture).ShouldBe(cell, place);
                break;
            case decimal nanoseconds:
                var ticks = DateTimeOffset.Parse(cell, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks;
                nanoseconds.ShouldBe(ticks * 100m, place);
                break;
            default:
                // A cell that a spreadsheet would evaluate has an apostrophe in front.
                var text = cell[0] == '\'' && cell.TrimStart('\'') is { Length: > 0 } bare && "=+-@\t\r".Contains(bare[0]) ? cell[1..] : cell;
                value.ShouldBe(text, place);
                break;
        }
    }
}
