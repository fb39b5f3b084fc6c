using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Logarithmic return of another symbol.</summary>
[Factor("return-of", "Logarithmic return of another symbol's close over n bars of this one.", Formula = "ln(m / m[n]), m the other close",
    Source = "textbook", Range = "fraction", Undefined = "while the other symbol has no close at the first of the n + 1 bars")]
internal sealed class ReturnOf(string symbol, [Range(1, 10_000)] int n = 1) : FactorKernel
{
    private RollingWindow _other = new(n + 1);

    public override int WarmUp => n + 1;

    public override IReadOnlyList<string> ReferenceSymbols { get; } = [symbol];

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var other = bars.Reference(0);
        var result = lines[0];
        for (var i = 0; i < other.Length; i++)
        {
            _other.Add(other[i]);
            result[i] = _other.IsFull ? Math.Log(other[i] / _other.Values[0]) : double.NaN;
        }
    }
}
