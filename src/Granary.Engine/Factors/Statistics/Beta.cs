using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Rolling sensitivity to another symbol.</summary>
[Factor("beta", "Beta to another symbol: by how much this one's one-bar return moves with that one's, over n returns.",
    Formula = "Σ (r − r̄)(m − m̄) / Σ (m − m̄)², r = close / close[1] − 1, m that of the other symbol",
    Source = "Sharpe 1964; Stock.Indicators", Range = "unbounded",
    Undefined = "while the other symbol has no close at each of the n + 1 bars, or does not move")]
internal sealed class Beta(string symbol, [Range(2, 10_000)] int n = 50) : FactorKernel
{
    private RollingWindow _own = new(n), _other = new(n);
    private double _ownBefore = double.NaN, _otherBefore = double.NaN;

    public override int WarmUp => n + 1;

    public override IReadOnlyList<string> ReferenceSymbols { get; } = [symbol];

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var own = bars.Close;
        var other = bars.Reference(0);
        var result = lines[0];
        for (var i = 0; i < own.Length; i++)
        {
            result[i] = double.NaN;
            var (x, y) = (own[i] / _ownBefore - 1, other[i] / _otherBefore - 1);
            var first = double.IsNaN(_ownBefore);
            (_ownBefore, _otherBefore) = (own[i], other[i]);
            if (first) continue;
            _own.Add(x);
            _other.Add(y);
            if (!_own.IsFull) continue;
            var (_, yy, xy) = RollingWindow.Comoments(_own.Values, _other.Values);
            if (!Variation.IsNoneSquared(yy / n, Variation.OfReturns)) result[i] = xy / yy;
        }
    }
}
