using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>Notes columns that may hold the volume under an unknown name, where no column is read as volume.</summary>
internal static class UnreadVolume
{
    private const int MostNamed = 3;

    // Prices of the bar, such as an average or a settlement, are within this factor of the close.
    private const double PriceFactor = 2;

    public static RowLayout Noted(RowLayout layout, FileSample sample)
    {
        if (!sample.HasHeader || sample.Rows.Count == 0 || layout.Columns.Contains(ColumnRole.Volume)) return layout;
        var closes = NumbersOf(layout, sample, Array.IndexOf(layout.Columns, ColumnRole.Close));
        var names = Enumerable.Range(0, Math.Min(layout.Columns.Length, sample.Header.Count))
            .Where(c => layout.Columns[c] == ColumnRole.Skip && MayBe(NumbersOf(layout, sample, c), closes))
            .Select(c => sample.Header[c]).ToList();
        if (names.Count is 0 or > MostNamed) return layout;
        return layout with
        {
            Notes = [.. layout.Notes, $"{BarNotes.UnreadVolume}; if {string.Join(" or ", names.Select(n => $"'{n}'"))} is the volume, "
                + $"name it: --columns \"volume={names[0]}\" (\"columns\": {{ \"volume\": \"{names[0]}\" }} in a batch)"],
        };
    }

    private static bool MayBe(List<double>? values, List<double>? closes) => values is not null && closes is not null
        && values.TrueForAll(v => v >= 0) && values.Exists(v => v > 1)
        && !values.Zip(closes).All(p => p.First > p.Second / PriceFactor && p.First < p.Second * PriceFactor);

    // Null if a field cannot be read as a number.
    private static List<double>? NumbersOf(RowLayout layout, FileSample sample, int column)
    {
        if (column < 0) return null;
        var numbers = new List<double>(sample.Rows.Count);
        foreach (var row in sample.Rows)
        {
            if (row.Count <= column || !FurtherNumber.TryRead(row[column].Trim(), layout.DecimalComma == true, out var value)
                || double.IsNaN(value)) return null;
            numbers.Add(value);
        }
        return numbers;
    }
}
