using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>A measured figure.</summary>
/// <param name="Upper">The value that the true one does not exceed with the stated confidence.</param>
internal readonly record struct MeasuredCost(double Mean, double Upper);

/// <summary>Measured costs of fills, in basis points of the reference price.</summary>
/// <param name="Sides">By side, over all venues.</param>
/// <param name="Cells">By side and venue; venues without regard to case.</param>
/// <param name="Size">Per unit of √(quantity/volume), from <paramref name="RootCenter"/>.</param>
/// <param name="Range">Per basis point of the bar's range, from <paramref name="RangeCenter"/>.</param>
/// <param name="Hours">By hour of the bar's open, UTC; 24 values, 0 where none is known.</param>
internal sealed record MeasuredCosts(IReadOnlyDictionary<Side, MeasuredCost> Sides,
    IReadOnlyDictionary<(Side Side, string Venue), MeasuredCost> Cells, MeasuredCost Size, double RootCenter, MeasuredCost Range,
    double RangeCenter, IReadOnlyList<MeasuredCost> Hours)
{
    /// <summary>The cost of a side at a venue; of the side over all venues if the venue has none, of the other side if the side has none.
    /// </summary>
    public MeasuredCost Of(Side side, string venue)
    {
        foreach (var s in (ReadOnlySpan<Side>)[side, (Side)(-(int)side)])
        {
            foreach (var ((of, at), cost) in Cells)
                if (of == s && at.Equals(venue, StringComparison.OrdinalIgnoreCase))
                    return cost;
            if (Sides.TryGetValue(s, out var own)) return own;
        }
        return default;
    }
}

/// <summary>
/// Slippage as it was measured from fills. Its upper end adds the distances from mean to upper value of all terms in squares, as the errors
/// of independent estimates add up. A cost below zero counts as zero.
/// </summary>
internal sealed class MeasuredSlippage : SlippageModel
{
    private const double PerPoint = 1e-4;

    private readonly MeasuredCosts _costs;
    private readonly bool _isUpper;
    private readonly string _venue;
    private readonly MeasuredCost _buy, _sell;

    /// <param name="isUpper">Whether its costs are at the upper end.</param>
    /// <param name="venue">The venue of the orders; one that was not measured has the costs of all.</param>
    public MeasuredSlippage(MeasuredCosts costs, bool isUpper, string venue = "")
    {
        (_costs, _isUpper, _venue) = (costs, isUpper, venue);
        (_buy, _sell) = (costs.Of(Side.Buy, venue), costs.Of(Side.Sell, venue));
    }

    /// <summary>The costs of stop orders against their trigger; null = the costs of other orders.</summary>
    public MeasuredCosts? Stops { get; init; }

    public override bool DependsOnSize => true;

    public override SlippageModel OfStops => Stops is null ? this : new MeasuredSlippage(Stops, _isUpper, _venue);

    public override double Slip(Side side, double price, double quantity, in Bar bar, double tickSize) =>
        price * (1 + (int)side * PerPoint * CostOf(side, quantity, bar));

    /// <summary>The cost of a fill in basis points.</summary>
    public double CostOf(Side side, double quantity, in Bar bar)
    {
        var level = side == Side.Buy ? _buy : _sell;
        var root = Math.Sqrt(ShareOf(quantity, bar)) - _costs.RootCenter;
        var range = (bar.High - bar.Low) / bar.Open / PerPoint - _costs.RangeCenter;
        var hour = _costs.Hours[(int)(bar.Time / TimeSpan.TicksPerHour % 24)];
        var mean = level.Mean + _costs.Size.Mean * root + _costs.Range.Mean * range + hour.Mean;
        if (!_isUpper) return Math.Max(0, mean);
        var (a, b, c, d) = (level.Upper - level.Mean, (_costs.Size.Upper - _costs.Size.Mean) * root,
            (_costs.Range.Upper - _costs.Range.Mean) * range, hour.Upper - hour.Mean);
        return Math.Max(0, mean + Math.Sqrt(a * a + b * b + c * c + d * d));
    }

    public override SlippageModel For(Instrument instrument) => new MeasuredSlippage(_costs, _isUpper, instrument.Venue) { Stops = Stops };

    public override SlippageModel AtUpper() => new MeasuredSlippage(_costs, isUpper: true, _venue) { Stops = Stops };
}
