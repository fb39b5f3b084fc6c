namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>Prices and factor values of one symbol on the dates of a panel.</summary>
/// <param name="name">The symbol.</param>
/// <param name="prices">The price at which a position of each date is opened and closed; NaN without a bar.</param>
/// <param name="values">For each factor its values, known when that price is; NaN without one.</param>
/// <param name="lastBar">Index of the date of the last bar.</param>
/// <param name="finalPrice">The last close: the price of an exit after the last bar.</param>
internal sealed class PanelSymbol(string name, double[] prices, double[][] values, int lastBar, double finalPrice)
{
    /// <summary>The symbol.</summary>
    public string Name { get; } = name;

    /// <summary>Index of the date of its last bar.</summary>
    public int LastBar { get; } = lastBar;

    internal double[] Prices { get; } = prices;

    internal double[][] Values { get; } = values;

    internal double FinalPrice { get; } = finalPrice;

    /// <summary>
    /// The last bars, and closes, of earlier listings, which share only the name with the one that follows; in order, null without any.
    /// </summary>
    internal IReadOnlyList<(int LastBar, double FinalPrice)>? Earlier { get; init; }

    /// <summary>The last bar, and close, of the listing of a date.</summary>
    internal (int LastBar, double FinalPrice) ListingOf(int date)
    {
        if (Earlier is not null)
            foreach (var listing in Earlier)
                if (date <= listing.LastBar)
                    return listing;
        return (LastBar, FinalPrice);
    }
}
