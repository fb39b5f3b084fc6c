namespace Granary.Engine.Market;

/// <summary>A change of what stands behind a symbol: of a future's contract, or of the company behind a ticker.</summary>
/// <param name="Time">
/// Open time of a bar, UTC ticks. Of a roll: the first bar of <paramref name="To"/>, at whose open positions move. Of an end: the last bar
/// of <paramref name="From"/>, at whose close positions are settled.
/// </param>
/// <param name="From">The contract or listing that ends.</param>
/// <param name="To">The contract or listing that follows; empty if none does.</param>
/// <param name="OldPrice">Of a roll: the open of the old contract in the bar of the roll. Of an end: the price of the settlement.</param>
/// <param name="NewPrice">Of a roll: the open of the new contract in the bar of the roll. Of an end: not used.</param>
public sealed record ListingChange(long Time, string From, string To, ListingChangeKind Kind, double OldPrice, double NewPrice)
{
    /// <summary>Of a roll: the highest price of the old contract in the bar of the roll, which bounds what a sale brings.</summary>
    public double OldHigh { get; init; } = double.PositiveInfinity;

    /// <summary>Of a roll: the lowest price of the old contract in the bar of the roll.</summary>
    public double OldLow { get; init; } = double.NegativeInfinity;

    /// <summary>The jump of the price at a roll, which is no profit; 0 for an end.</summary>
    public double Gap => Kind == ListingChangeKind.Roll ? NewPrice - OldPrice : 0;
}
