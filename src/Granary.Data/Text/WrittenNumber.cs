using System.Text;

namespace Granary.Data.Text;

/// <summary>Normalizes numbers in the notations of people and vendors: 18,040.00, 1.234,56, $20.05, 4.16M.</summary>
internal static class WrittenNumber
{
    private const string Currencies = "$€£¥₹₩₽", Multiples = "KMBT";

    /// <param name="text">The trimmed text. The other mark, blanks or apostrophes may separate thousands.</param>
    /// <param name="decimalComma">Whether decimals follow a comma; otherwise a point.</param>
    /// <param name="withUnits">Whether a price may have a currency sign, and a volume may end in K, M, B or T for thousands to trillions,
    /// or be a dash for none.</param>
    /// <returns>The number with digits and a decimal point only; null if the text is not a number.</returns>
    public static string? Plain(string text, bool decimalComma, bool ofVolume, bool withUnits)
    {
        if (withUnits && ofVolume && text == "-") return "0";
        if (withUnits && !ofVolume) text = WithoutCurrency(text);
        var multiple = withUnits && ofVolume && text.Length > 1 ? Multiples.IndexOf(char.ToUpperInvariant(text[^1])) : -1;
        if (multiple >= 0) text = text[..^1].TrimEnd();
        var mark = text.LastIndexOf(decimalComma ? ',' : '.');
        var whole = Joined(mark < 0 ? text : text[..mark], decimalComma ? '.' : ',');
        if (whole is null || mark >= 0 && (mark == text.Length - 1 || text.AsSpan(mark + 1).ContainsAnyExceptInRange('0', '9')))
            return null;
        return whole + (mark < 0 ? "" : $".{text.AsSpan(mark + 1)}") + (multiple < 0 ? "" : $"e{3 * (multiple + 1)}");
    }

    /// <summary>Returns a price without a leading or trailing currency sign.</summary>
    public static string WithoutCurrency(string text) => text switch
    {
        [var first, ..] when Currencies.Contains(first) => text[1..].TrimStart(),
        [.., var last] when Currencies.Contains(last) => text[..^1].TrimEnd(),
        _ => text,
    };

    /// <summary>Whether commas group the digits as in India: three at the end, two before them (1,23,456).</summary>
    public static bool IsIndian(ReadOnlySpan<char> whole)
    {
        whole = whole.TrimStart("+-");
        if (whole.Length < 8 || whole[^4] != ',' || whole.ContainsAnyExcept("0123456789,")) return false;
        for (var i = whole.Length - 5; i >= 0; i--)
            if (whole[i] == ',' != ((whole.Length - 5 - i) % 3 == 2)) return false;
        return whole[0] != ',' && whole[..^4].Contains(',');
    }

    // The integer digits without thousands separators: the same separator before each three digits.
    private static string? Joined(string whole, char thousands)
    {
        if (thousands == ',' && IsIndian(whole)) return whole.Replace(",", "", StringComparison.Ordinal);
        var number = new StringBuilder();
        var (separator, group) = ('\0', 0);
        for (var i = 0; i < whole.Length; i++)
        {
            var c = whole[i];
            if (char.IsAsciiDigit(c))
            {
                number.Append(c);
                group++;
            }
            else if (i == 0 && c is '-' or '+')
            {
                number.Append(c);
            }
            else if (c == thousands || c is ' ' or '\u00A0' or '\u202F' or '\'' or '’')
            {
                if (separator == '\0' ? group is < 1 or > 3 : c != separator || group != 3) return null;
                (separator, group) = (c, 0);
            }
            else
            {
                return null;
            }
        }
        return number.Length > 0 && char.IsAsciiDigit(number[^1]) && (separator == '\0' || group == 3) ? number.ToString() : null;
    }
}
