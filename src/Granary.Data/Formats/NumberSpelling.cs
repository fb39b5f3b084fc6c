using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>
/// Detects the number format of a table from its first rows. 1.234,56, 12,5 and 0,123 have decimal commas. 1,234.56, 1,234,567 and India's
/// 1,23,456 have thousands separators. 18,040 alone is ambiguous: the file's other numbers decide, or the name of the format.
/// </summary>
internal static class NumberSpelling
{
    /// <summary>Returns the layout with the number format that its rows show.</summary>
    /// <param name="named">Whether the user named the format, which then determines the meaning of commas.</param>
    /// <exception cref="BarDataException">The numbers are ambiguous.</exception>
    public static RowLayout Decided(RowLayout layout, FileSample sample, bool named)
    {
        layout = layout with { HasUnits = HasUnits(sample, layout.Columns) };
        if (layout.DecimalComma is not null || named) return layout;
        var comma = HasDecimalComma(sample, layout.Columns, out var unclear);
        if (comma is not null || unclear is not { } number) return layout with { DecimalComma = comma };
        throw sample.Fault(number.Row, number.Field,
            $"'{number.Text}' can be a number with thousands or one with decimals, and no other number of the file tells which",
            "name the format european for a decimal comma, or generic for thousands");
    }

    /// <summary>Whether decimals follow a comma; null if no number shows it.</summary>
    public static bool? HasDecimalComma(FileSample sample, IReadOnlyList<ColumnRole> roles) => HasDecimalComma(sample, roles, out _);

    private static bool? HasDecimalComma(FileSample sample, IReadOnlyList<ColumnRole> roles,
        out (int Row, string Field, string Text)? unclear)
    {
        unclear = null;
        // In a table with commas between columns, a number with a comma is quoted.
        if (sample.Delimiter == ',' && !sample.Lines.Any(l => l.Contains('"'))) return null;
        var (comma, point) = (0, 0);
        foreach (var (row, column, text) in Numbers(sample, roles))
        {
            var mark = MarkOf(WrittenNumber.WithoutCurrency(text));
            if (mark == Mark.Comma) comma++;
            if (mark == Mark.Point) point++;
            // Traded units of one market need no three decimals where no price has any.
            if (mark == Mark.Unclear && roles[column] != ColumnRole.Volume)
                unclear ??= (row, sample.HasHeader ? sample.Header[column]
                    : roles[column].ToString().ToLowerInvariant(), text);
        }
        // The majority decides: a number in the other format is a fault of its row.
        return comma > point ? true : point > 0 ? false : null;
    }

    // The majority decides, since a single one is a fault of its row.
    private static bool HasUnits(FileSample sample, IReadOnlyList<ColumnRole> roles)
    {
        var (prices, volumes, currencies, multiples) = (0, 0, 0, 0);
        foreach (var (_, column, text) in Numbers(sample, roles))
        {
            var isVolume = roles[column] == ColumnRole.Volume;
            if (isVolume) volumes++;
            else prices++;
            if (isVolume && text is [.., 'K' or 'M' or 'B' or 'T']) multiples++;
            if (!isVolume && WrittenNumber.WithoutCurrency(text).Length < text.Length) currencies++;
        }
        return currencies * 2 > prices || multiples * 2 > volumes;
    }

    private static IEnumerable<(int Row, int Column, string Text)> Numbers(FileSample sample, IReadOnlyList<ColumnRole> roles)
    {
        for (var r = 0; r < sample.Rows.Count; r++)
            for (var i = 0; i < sample.Rows[r].Count && i < roles.Count; i++)
                if (roles[i] >= ColumnRole.Volume)
                    yield return (r, i, sample.Rows[r][i].Trim());
    }

    private enum Mark
    {
        None,
        Comma,
        Point,
        Unclear,
    }

    private static Mark MarkOf(string number)
    {
        var (comma, point) = (number.LastIndexOf(','), number.LastIndexOf('.'));
        var end = number.Length > 0 && char.IsAsciiLetter(number[^1]) ? number.Length - 1 : number.Length;
        // Three digits after a point can be thousands in a file with decimal commas.
        if (comma < 0) return point < 0 || end - point == 4 ? Mark.None : Mark.Point;
        if (point >= 0) return comma > point ? Mark.Comma : Mark.Point;
        if (WrittenNumber.IsIndian(number.AsSpan(0, end))) return Mark.Point;
        if (number.IndexOf(',') != comma) return number[..end].Split(',')[1..].All(g => g.Length == 3) ? Mark.Point : Mark.None;
        return end - comma != 4 || comma is < 1 or > 3 || number[0] == '0' ? Mark.Comma : Mark.Unclear;
    }
}
