using System.Globalization;
using Granary.Engine.Numerics;

namespace Granary.Engine.Market;

/// <summary>Prices and quantities as text for people, with the digits of their instrument.</summary>
internal static class Digits
{
    // A price of the data has fewer digits; an average of fills, or a share of an equity, has more.
    private const int MostExact = 10;
    private const int OfComputed = 8;

    // Doubles beyond it are no decimals.
    private const double Largest = 1e28;

    private static readonly string s_fraction = new('#', 28);

    /// <summary>Returns the digits after the point of a tick or a lot, such as 2 for 0.01; null without one.</summary>
    public static int? Of(double step)
    {
        if (!(step > 0)) return null;
        var digits = 0;
        while (digits < 12 && Math.Abs(step - Math.Round(step, digits)) > Tolerance.Step * step) digits++;
        return digits;
    }

    /// <summary>Returns the digits of an instrument's prices: of its tick, without one the most of its data; null if neither is
    /// known.</summary>
    public static int? OfPrices(Instrument instrument) => Of(instrument.TickSize)
        ?? (instrument.PriceDecimals >= 0 ? instrument.PriceDecimals : null);

    /// <summary>Returns the digits of an instrument's quantities: of its lot; null if any quantity can be held.</summary>
    public static int? OfQuantities(Instrument instrument) => Of(instrument.LotSize);

    /// <summary>
    /// Returns a price or quantity with these digits after the point. One that lies between two steps has the digits that it needs, at
    /// most eight significant ones.
    /// </summary>
    /// <param name="digits">Null if they are not known.</param>
    /// <param name="grouped">Whether thousands are separated, as in tables.</param>
    public static string Text(double value, int? digits, bool grouped = false)
    {
        if (!double.IsFinite(value)) return "–";
        if (Math.Abs(value) >= Largest) return value.ToString("R", CultureInfo.InvariantCulture);
        // This keeps 15 significant digits, so 0.1 + 0.2 is 0.3.
        var exact = (decimal)value;
        if (digits is { } known && Math.Abs(exact - decimal.Round(exact, known)) <= Unit(known + 4))
            return decimal.Round(exact, known).ToString((grouped ? "N" : "F") + known.ToString(CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture);
        if (Count(exact) > MostExact) exact = Rounded(exact, value, digits ?? 0);
        return exact.ToString((grouped ? "#,0." : "0.") + s_fraction, CultureInfo.InvariantCulture);
    }

    private static decimal Unit(int digits) => new(1, 0, 0, false, (byte)Math.Min(28, digits));

    private static decimal Rounded(decimal exact, double value, int least) =>
        decimal.Round(exact, Math.Clamp(Math.Max(least, OfComputed - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)))), 0, 28));

    // Significant digits, without the zeros at both ends.
    private static int Count(decimal value) => Math.Abs(value).ToString("0." + s_fraction, CultureInfo.InvariantCulture)
        .Replace(".", "", StringComparison.Ordinal).Trim('0').Length;
}
