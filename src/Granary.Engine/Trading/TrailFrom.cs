using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>Below which best price of a long trade its trailing stop hangs; above which lowest price of a short one.</summary>
public enum TrailFrom : byte
{
    /// <summary>The best close since the entry.</summary>
    Close,
    /// <summary>The highest high since the entry of a long trade, the lowest low of a short one.</summary>
    High,
}

/// <summary>The one rule for the price that moves a trailing stop.</summary>
internal static class TrailFroms
{
    /// <summary>The price of a bar that is over.</summary>
    /// <param name="side">The side of the trade.</param>
    /// <param name="sinceOpen">
    /// Whether the trade was open from the bar's open on; otherwise only the bar's close is surely after the entry.
    /// </param>
    public static double PriceOf(this TrailFrom from, Side side, in Bar bar, bool sinceOpen) =>
        from == TrailFrom.Close || !sinceOpen ? bar.Close : side == Side.Buy ? bar.High : bar.Low;
}
