using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>The tails of a curve's returns; each is computed when it is first asked for.</summary>
/// <param name="returns">Fractions, in any order.</param>
internal sealed class TailLosses(ReadOnlyMemory<double> returns)
{
    /// <summary>The share of the periods that are in the tail.</summary>
    public const double Share = 0.05;

    private readonly Lazy<(double, double)> _all = new(() => TailRisk.Historical(returns.Span, Share));
    private readonly Lazy<double> _gain = new(() => returns.Length == 0 ? double.NaN
        : Quantile.Linear([.. returns.ToArray().Order()], 1 - Share));
    private readonly Lazy<(double, double)> _inMarket = new(() => TailRisk.Historical([.. returns.ToArray().Where(r => r != 0)], Share));

    /// <summary>The return that one period in twenty exceeds.</summary>
    public double Gain => _gain.Value;

    /// <summary>Of all periods, as positive fractions.</summary>
    public (double ValueAtRisk, double ExpectedShortfall) OfAll => _all.Value;

    /// <summary>Of the periods whose return is not zero: those in which something was at stake.</summary>
    public (double ValueAtRisk, double ExpectedShortfall) InMarket => _inMarket.Value;
}
