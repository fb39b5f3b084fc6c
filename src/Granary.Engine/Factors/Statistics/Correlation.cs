using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Values of two symbols whose correlation is computed.</summary>
internal enum CorrelationOf
{
    Closes,
    Returns,
}

/// <summary>Rolling correlation with another symbol.</summary>
[Factor("correlation", "Correlation of the close, or of its one-bar return, with that of another symbol over n bars.",
    Formula = "Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² · Σ (y − ȳ)²)", Source = "Pearson; Stock.Indicators (of closes)", Range = "-1 … 1",
    Undefined = "while the other symbol has no close at each of the n bars, or one of the two does not move")]
internal sealed class Correlation(string symbol, [Range(2, 10_000)] int n = 20, CorrelationOf of = CorrelationOf.Closes) : FactorKernel
{
    private RollingWindow _own = new(n), _other = new(n);
    private double _ownBefore = double.NaN, _otherBefore = double.NaN;

    public override int WarmUp => of == CorrelationOf.Closes ? n : n + 1;

    public override IReadOnlyList<string> ReferenceSymbols { get; } = [symbol];

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var own = bars.Close;
        var other = bars.Reference(0);
        var result = lines[0];
        for (var i = 0; i < own.Length; i++)
        {
            result[i] = double.NaN;
            var (x, y) = (own[i], other[i]);
            if (of == CorrelationOf.Returns)
            {
                (x, y) = (x / _ownBefore - 1, y / _otherBefore - 1);
                var first = double.IsNaN(_ownBefore);
                (_ownBefore, _otherBefore) = (own[i], other[i]);
                if (first) continue;
            }
            _own.Add(x);
            _other.Add(y);
            if (!_own.IsFull) continue;
            var (xx, yy, xy) = RollingWindow.Comoments(_own.Values, _other.Values);
            var (largestX, largestY) = of == CorrelationOf.Returns ? (Variation.OfReturns, Variation.OfReturns) : (x, y);
            // Rounding may make the quotient of a perfect fit exceed 1.
            if (!Variation.IsNoneSquared(xx / n, largestX) && !Variation.IsNoneSquared(yy / n, largestY))
                result[i] = Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
        }
    }
}
