using System.Globalization;

namespace Granary.Data.Tables;

/// <summary>Writes a value of a typed column as a field of a text.</summary>
internal static class TableText
{
    /// <returns>"" where the value is missing or cannot be read; numbers have the shortest form that reads back as equal.</returns>
    public static string Of(TableColumn column, TableValues values, int row)
    {
        if (column.Kind == TableKind.Other || values.IsMissing(row)) return "";
        return column.Kind switch
        {
            TableKind.Number => values.Numbers[row].ToString("R", CultureInfo.InvariantCulture),
            TableKind.Text => values.Texts[row],
            TableKind.Whole when column.IsUnsigned => ((ulong)values.Wholes[row]).ToString(CultureInfo.InvariantCulture),
            TableKind.Whole => Whole(values.Wholes[row], column.Scale),
            TableKind.Flag => Whole(values.Wholes[row], 0),
            TableKind.TimeOfDay => new TimeSpan(values.Wholes[row]).ToString("hh':'mm':'ss'.'FFFFFFF", CultureInfo.InvariantCulture)
                .TrimEnd('.'),
            _ => Moment(values.Wholes[row], column),
        };
    }

    private static string Whole(long value, int scale)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        if (scale == 0) return text;
        var digits = text.TrimStart('-').PadLeft(scale + 1, '0');
        return $"{(value < 0 ? "-" : "")}{digits[..^scale]}.{digits[^scale..]}";
    }

    // A time outside of the years 1 to 9999 has no text that reads as a time.
    private static string Moment(long ticks, TableColumn column)
    {
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return "a time outside of the years 1 to 9999";
        var time = new DateTime(ticks);
        return column.Kind == TableKind.Date ? time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture).TrimEnd('.') + (column.IsUtc ? "Z" : "");
    }
}
