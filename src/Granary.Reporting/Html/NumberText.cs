using System.Globalization;
using System.Text;

namespace Granary.Reporting.Html;

/// <summary>
/// Formats numbers and times for people. Undefined values are an en dash, and negative values have a true minus sign.
/// </summary>
internal static class NumberText
{
    public const string Undefined = "–";

    private static readonly CultureInfo _culture = CultureInfo.InvariantCulture;

    /// <summary>0.1234 → 12.34%.</summary>
    public static string Percent(double fraction, int digits = 2) => Plain(fraction * 100, Digits(fraction, digits), "%");

    /// <summary>A percentage with its sign, so gains and losses differ without colours.</summary>
    public static string SignedPercent(double fraction, int digits = 2) => Signed(fraction * 100, Digits(fraction, digits), "%");

    /// <summary>A difference of two percentages, in percentage points: 0.1234 → +12.34 pp.</summary>
    public static string Points(double fraction, int digits = 2) => Signed(fraction * 100, Digits(fraction, digits), " pp");

    public static string Ratio(double value, int digits = 2) => Plain(value, digits, "");

    public static string SignedRatio(double value, int digits = 2) => Signed(value, digits, "");

    /// <summary>An amount in account currency: without decimals from 1,000 on, otherwise with two.</summary>
    public static string Money(double value) => Plain(value, Math.Abs(value) >= 1000 ? 0 : 2, "");

    public static string SignedMoney(double value) => Signed(value, Math.Abs(value) >= 1000 ? 0 : 2, "");

    /// <summary>A probability with four decimals; a smaller one is not shown as 0.</summary>
    public static string PValue(double p) => p < 0.0001 ? "below 0.0001" : Ratio(p, 4);

    public static string Count(long value) => value.ToString("#,0", _culture);

    /// <summary>Up to seven significant digits, for prices and parameters.</summary>
    public static string Price(double value)
    {
        if (!double.IsFinite(value)) return Undefined;
        var size = Math.Abs(value);
        var text = size switch
        {
            0 => "0",
            >= 1e7 => value.ToString("#,0", _culture),
            >= 1000 => value.ToString("#,0.##", _culture),
            >= 1 => value.ToString("0.####", _culture),
            _ => value.ToString("0." + new string('#', Math.Clamp(6 - (int)Math.Floor(Math.Log10(size)), 8, 30)), _culture),
        };
        return Minus(text);
    }

    /// <summary>A short form for axes and key figures: 1.2M, 350k, 12.</summary>
    public static string Compact(double value) => Compact(value, "0.##");

    /// <summary>The short form with two decimals, for aligned columns: 1.20M, 350.00k.</summary>
    public static string CompactColumn(double value) => Compact(value, "0.00");

    private static string Compact(double value, string pattern)
    {
        if (!double.IsFinite(value)) return Undefined;
        var size = Math.Abs(value);
        var (by, unit) = size switch
        {
            >= 1e12 => (1e12, "T"),
            >= 1e9 => (1e9, "B"),
            >= 1e6 => (1e6, "M"),
            >= 1e4 => (1e3, "k"),
            _ =>
            (1d, "")
        };
        return Minus((value / by).ToString(by == 1 ? "#,0.####" : pattern, _culture)) + unit;
    }

    public static string Days(double days) => double.IsFinite(days) ? Math.Abs(days) switch
    {
        0 => "0 days",
        < 1 / 24d => Minus($"{(days * 1440).ToString("0", _culture)} min"),
        < 2 => Minus($"{(days * 24).ToString("0.#", _culture)} h"),
        _ => Minus($"{days.ToString("#,0", _culture)} days"),
    } : Undefined;

    public static string Seconds(double seconds) => seconds switch
    {
        < 1 => $"{(seconds * 1000).ToString("0", _culture)} ms",
        < 120 => $"{seconds.ToString("0.0", _culture)} s",
        _ => $"{(seconds / 60).ToString("0.0", _culture)} min",
    };

    public static string Date(long ticks) => new DateTime(ticks).ToString("yyyy-MM-dd", _culture);

    /// <summary>Formats a time; at midnight, the stamp of a daily bar, only the date.</summary>
    public static string Time(long ticks) =>
        new DateTime(ticks).ToString(ticks % TimeSpan.TicksPerDay == 0 ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm", _culture);

    public static string Clock(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", _culture);

    public static string Exact(double value) => value.ToString("G6", _culture);

    /// <summary>The CSS class of a cell by the sign of its displayed value; none if it is rounded to zero.</summary>
    public static string Sign(double value, double step = 0.5e-4) => value >= step ? "gain" : value <= -step ? "loss" : "";

    /// <summary>
    /// Adapts the numbers in a sentence to the style of the page: no space before a percent sign, and a true minus sign.
    /// </summary>
    public static string Typeset(string sentence)
    {
        var text = new StringBuilder(sentence.Length);
        for (var i = 0; i < sentence.Length; i++)
        {
            var (before, next) = (i > 0 ? sentence[i - 1] : ' ', i + 1 < sentence.Length ? sentence[i + 1] : ' ');
            if (sentence[i] == ' ' && next == '%' && char.IsAsciiDigit(before)) continue;
            // Keep hyphens within dates and names.
            text.Append(sentence[i] == '-' && char.IsAsciiDigit(next) && before is ' ' or '(' ? '\u2212' : sentence[i]);
        }
        return text.ToString();
    }

    /// <summary>someKey and some_key → Some key.</summary>
    public static string Words(string key)
    {
        if (key.Length == 0) return key;
        var words = new System.Text.StringBuilder(key.Length + 8);
        for (var i = 0; i < key.Length; i++)
        {
            var c = key[i];
            if (i == 0) words.Append(char.ToUpperInvariant(c));
            else if (c == '_') words.Append(' ');
            else if (char.IsUpper(c) && char.IsLower(key[i - 1])) words.Append(' ').Append(char.ToLowerInvariant(c));
            else words.Append(c);
        }
        return words.ToString();
    }

    private static int Digits(double fraction, int digits) => Math.Abs(fraction) >= 100 ? 0 : digits;

    private static string Plain(double value, int digits, string unit)
    {
        if (double.IsNaN(value)) return Undefined;
        if (double.IsInfinity(value)) return value > 0 ? "∞" : "−∞";
        return Minus(value.ToString(Pattern(digits), _culture)) + unit;
    }

    private static string Signed(double value, int digits, string unit)
    {
        var text = Plain(value, digits, unit);
        return value > 0 && text.AsSpan().IndexOfAnyInRange('1', '9') >= 0 ? "+" + text : text;
    }

    private static string Pattern(int digits) => digits switch { 0 => "#,0", 1 => "#,0.0", 2 => "#,0.00", 3 => "#,0.000", _ => "#,0.0000" };

    // A number that is displayed as zero has no sign.
    private static string Minus(string text) =>
        text.StartsWith('-') ? text.AsSpan().IndexOfAnyInRange('1', '9') >= 0 ? "−" + text[1..] : text[1..] : text;
}
