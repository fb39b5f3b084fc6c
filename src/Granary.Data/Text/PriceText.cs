namespace Granary.Data.Text;

/// <summary>Properties of a price's decimal text.</summary>
internal static class PriceText
{
    /// <summary>Returns the decimals that a price needs, 0 to 12; 13 for more.</summary>
    public static int Decimals(double price)
    {
        var scale = 1.0;
        for (var d = 0; d <= 12; d++, scale *= 10)
            if (Math.Round(price * scale) / scale == price)
                return d;
        return 13;
    }
}
