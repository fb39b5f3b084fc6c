using System.Text;

namespace Granary.Data.Text;

/// <summary>Reads a field of a further column: a number, true or false (1 and 0), or nothing (NaN).</summary>
internal static class FurtherNumber
{
    private static readonly string[] Missing = ["", "null", "nan", "na", "n/a", "#n/a", ".", "-", "none"];

    /// <param name="text">The field without blanks around it.</param>
    /// <param name="decimalComma">Whether decimals follow a comma.</param>
    /// <returns>False if the text is none of these.</returns>
    public static bool TryRead(string text, bool decimalComma, out double value)
    {
        if (!decimalComma && DecimalNumber.TryParse(Encoding.UTF8.GetBytes(text), 0, out value, out _) && double.IsFinite(value))
            return true;
        value = double.NaN;
        if (Missing.Contains(text, StringComparer.OrdinalIgnoreCase)) return true;
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            value = text.Length == 4 ? 1 : 0;
            return true;
        }
        return WrittenNumber.Plain(text, decimalComma, ofVolume: false, withUnits: false) is { } plain
            && DecimalNumber.TryParse(Encoding.UTF8.GetBytes(plain), 0, out value, out _) && double.IsFinite(value);
    }
}
