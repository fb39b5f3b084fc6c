using System.Text;

namespace Granary.Data.Text;

/// <summary>Rewrites numbers as 1.234,56 with a decimal point.</summary>
internal static class DecimalCommaText
{
    /// <param name="text">Trimmed; thousands may be separated by points, blanks or apostrophes.</param>
    /// <param name="ofVolume">The number may end in K, M or B for thousands, millions or billions, and a dash stands for none.</param>
    /// <returns>The number with a decimal point and without separators of thousands; null where the text is something else.</returns>
    public static string? WithPoint(string text, bool ofVolume)
    {
        if (ofVolume && text == "-") return "0";
        var exponent = ofVolume && text.Length > 1 ? "KMB".IndexOf(char.ToUpperInvariant(text[^1])) : -1;
        if (exponent >= 0) text = text[..^1].TrimEnd();
        var comma = text.IndexOf(',');
        var whole = comma < 0 ? text : text[..comma];
        if (comma >= 0 && text.AsSpan(comma + 1).ContainsAnyExceptInRange('0', '9')) return null;
        var number = new StringBuilder();
        var sinceSeparator = -1;
        for (var i = 0; i < whole.Length; i++)
        {
            var c = whole[i];
            if (i == 0 && c is '-' or '+')
            {
                number.Append(c);
            }
            else if (char.IsAsciiDigit(c))
            {
                number.Append(c);
                if (sinceSeparator >= 0) sinceSeparator++;
            }
            else if (c is '.' or ' ' or '\u00A0' or '\u202F' or '\'' && i > 0 && sinceSeparator is -1 or 3)
            {
                sinceSeparator = 0;
            }
            else
            {
                return null;
            }
        }
        if (sinceSeparator is not (-1 or 3)) return null;
        if (comma >= 0) number.Append('.').Append(text.AsSpan(comma + 1));
        if (exponent >= 0) number.Append('e').Append(3 * (exponent + 1));
        return number.ToString();
    }
}
