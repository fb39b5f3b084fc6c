namespace Granary.Engine.Market;

/// <summary>
/// The prices of a chain as strategies and factors see them: the contracts' own, adjusted for the rolls so far. What was seen once never
/// changes. An end begins again.
/// </summary>
internal sealed class SeenPrices
{
    private readonly Instrument _instrument;
    // After each change, the difference and the ratio by which the traded prices are above the seen ones.
    private readonly List<(long Time, double Difference, double Ratio)> _after = [];

    private SeenPrices(Instrument instrument) => _instrument = instrument;

    /// <returns>Null if they are the traded prices.</returns>
    public static SeenPrices? Of(Instrument instrument) =>
        instrument.Adjust == PriceAdjustment.None || instrument.Changes.IsNone ? null : new SeenPrices(instrument);

    private bool IsRatio => _instrument.Adjust == PriceAdjustment.Ratio;

    // A live session adds changes as they come.
    private void Read()
    {
        var changes = _instrument.Changes;
        for (var i = _after.Count; i < changes.Count; i++)
        {
            var (difference, ratio) = i == 0 ? (0, 1) : (_after[i - 1].Difference, _after[i - 1].Ratio);
            _after.Add(changes[i] switch
            {
                // The next listing begins after the last bar of the one that ends.
                { Kind: ListingChangeKind.End } end => (end.Time + 1, 0.0, 1.0),
                var roll when IsRatio && !(roll.OldPrice > 0 && roll.NewPrice > 0) => throw new InputException(
                    $"{_instrument.Symbol} cannot be adjusted by ratio over the roll from {roll.From} to {roll.To}, which has a price of 0 "
                        + "or less; set its chain.adjust to 'difference'"),
                var roll => (roll.Time, difference + roll.Gap, ratio * (roll.NewPrice / roll.OldPrice)),
            });
        }
    }

    // The index of the adjustment of a bar; -1 before the first change.
    private int AdjustmentAt(long time)
    {
        if (_after.Count != _instrument.Changes.Count) Read();
        var at = _after.Count - 1;
        while (at >= 0 && _after[at].Time > time) at--;
        return at;
    }

    /// <summary>The traded price, not rounded, of a price that a strategy gives at a bar; 0 stays 0.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    /// <exception cref="InputException">The traded price would be 0 or less, where no order can wait.</exception>
    public double ToTraded(double price, long time)
    {
        if (price == 0 || AdjustmentAt(time) is not (>= 0 and var at)) return price;
        var traded = IsRatio ? price * _after[at].Ratio : price + _after[at].Difference;
        return traded > 0 ? traded : throw new InputException($"{_instrument.Symbol}: the level {Digits.Text(price, null)} of the adjusted "
            + $"series is {Digits.Text(traded, null)} of the contract, where no order can wait; give a level "
            + "whose price of the contract is above 0");
    }

    /// <summary>The price as strategies see it.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    public double ToSeen(double price, long time) => AdjustmentAt(time) is >= 0 and var at ? Seen(price, at) : price;

    /// <summary>A distance of seen prices as one of traded prices.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    public double DistanceToTraded(double distance, long time) =>
        IsRatio && AdjustmentAt(time) is >= 0 and var at ? distance * _after[at].Ratio : distance;

    // Differences of decimal prices are decimal, so that ties stay ties.
    private double Seen(double price, int at) => IsRatio ? price / _after[at].Ratio
        : _instrument.PriceDecimals is >= 0 and <= 15 and var decimals
            ? Math.Round(price - _after[at].Difference, decimals, MidpointRounding.AwayFromZero)
        : price - _after[at].Difference;

    /// <summary>The bars of a block as strategies see them.</summary>
    public BarBlock Of(BarBlock block)
    {
        var n = block.Count;
        var (open, high, low, close) = (new double[n], new double[n], new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var at = AdjustmentAt(block.TimeColumn[i]);
            (open[i], high[i], low[i], close[i]) = at < 0
                ? (block.OpenColumn[i], block.HighColumn[i], block.LowColumn[i], block.CloseColumn[i])
                : (Seen(block.OpenColumn[i], at), Seen(block.HighColumn[i], at), Seen(block.LowColumn[i], at),
                    Seen(block.CloseColumn[i], at));
        }
        return new BarBlock(block.FirstIndex, block.Time.ToArray(), open, high, low, close, block.Volume.ToArray())
        {
            Further = block.Further,
        };
    }
}
