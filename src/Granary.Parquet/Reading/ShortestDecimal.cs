using System.Globalization;

namespace Granary.Parquet.Reading;

/// <summary>
/// Converts a 32-bit number to the double that its shortest decimal text is: 100.1 stays 100.1 and does not become 100.0999984741211, so
/// that the file gives the bars of a text with the same numbers.
/// </summary>
internal static class ShortestDecimal
{
    private static readonly double[] Powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];

    public static double Of(float value)
    {
        // Exact below 2^24, which has every whole number.
        if (value is > -16_777_216 and < 16_777_216)
        {
            foreach (var power in Powers)
            {
                var scaled = Math.Round(value * power);
                if (Math.Abs(scaled) > 16_777_216) break;
                if ((float)(scaled / power) == value) return scaled / power;
            }
        }
        return float.IsFinite(value)
            ? double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : value;
    }
}
