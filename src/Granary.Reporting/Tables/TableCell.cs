using System.Globalization;

namespace Granary.Reporting.Tables;

/// <summary>Values of tables that are known as texts: a CSV file's, and parameters of strategies.</summary>
internal static class TableCell
{
    private static readonly string[] _times = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>Writes a cell.</summary>
    /// <param name="text">The text of the value; null or empty if it is missing.</param>
    /// <exception cref="FormatException">The text is no value of this type; the message says what it has to be.</exception>
    public static void Write(RowWriter writer, ColumnType type, string? text)
    {
        if (string.IsNullOrEmpty(text)) Missing(writer, type);
        else
            switch (type)
            {
                case ColumnType.Number:
                    writer.Number(IsNumber(text, out var number) ? number : throw new FormatException("a number"));
                    break;
                case ColumnType.Whole:
                    writer.Whole(long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
                        : throw new FormatException("a whole number"));
                    break;
                case ColumnType.Time:
                    writer.Time(DateTime.TryParseExact(text, _times, CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time.Ticks
                        : throw new FormatException("a time such as 2026-01-31T09:30:00Z"));
                    break;
                default:
                    writer.Text(text);
                    break;
            }
    }

    /// <summary>
    /// Returns the type of a column whose definition has none, such as a parameter of strategies: a number if all its values are.
    /// </summary>
    public static ColumnType TypeOf(IEnumerable<string?> values) =>
        values.All(v => string.IsNullOrEmpty(v) || IsNumber(v, out _)) ? ColumnType.Number : ColumnType.Word;

    private static bool IsNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static void Missing(RowWriter writer, ColumnType type)
    {
        switch (type)
        {
            case ColumnType.Number: writer.Number(double.NaN); break;
            case ColumnType.Whole: writer.Whole(null); break;
            case ColumnType.Time: writer.Time(null); break;
            default: writer.Text(null); break;
        }
    }
}
