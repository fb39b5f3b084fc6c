using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Cli.Tables;

/// <summary>Formats figures in tables: invariant culture, – if undefined. Headers contain the units.</summary>
internal static class Cell
{
    private const string Undefined = "–";

    /// <summary>A fraction as percent, without the sign.</summary>
    public static string Percent(double fraction) => Of(100 * fraction, "N2");

    public static string Percent(double? fraction) => fraction is { } value ? Percent(value) : Undefined;

    public static string Ratio(double value) => Of(value, "N2");

    /// <summary>A figure such as an AUC, to four digits.</summary>
    public static string Figure(double? value) => value is { } v ? Of(v, "0.0000") : Undefined;

    public static string Money(double value) => Of(value, "N2");

    public static string Money(double? value) => value is { } v ? Money(v) : Undefined;

    /// <summary>A quantity, or a price, with the digits of its instrument.</summary>
    /// <param name="digits">Those after the point; null if they are not known.</param>
    public static string Market(double value, int? digits = null) => Digits.Text(value, digits, grouped: true);

    public static string Seconds(double value) => Of(value, "0.00");

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Of(double value, string format)
    {
        if (!double.IsFinite(value)) return Undefined;
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        // A rounding error below zero is zero, as a balance whose results were converted.
        return text.StartsWith('-') && !text.AsSpan().ContainsAnyInRange('1', '9') ? text[1..] : text;
    }
}
