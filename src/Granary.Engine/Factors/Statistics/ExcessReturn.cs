using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Statistics;

/// <summary>How much more a symbol returned than another.</summary>
[Factor("excess-return", "Logarithmic return of the close over n bars minus that of another symbol: the spread of the two.",
    Formula = "ln(close / close[n]) − ln(m / m[n]), m the other close", Source = "textbook", Range = "fraction",
    Undefined = "while the other symbol has no close at the first of the n + 1 bars")]
internal sealed class ExcessReturn(string symbol, [Range(1, 10_000)] int n = 1) : FactorKernel
{
    private RollingWindow _own = new(n + 1), _other = new(n + 1);

    public override int WarmUp => n + 1;

    public override IReadOnlyList<string> ReferenceSymbols { get; } = [symbol];

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var own = bars.Close;
        var other = bars.Reference(0);
        var result = lines[0];
        for (var i = 0; i < own.Length; i++)
        {
            _own.Add(own[i]);
            _other.Add(other[i]);
            result[i] = _own.IsFull ? Math.Log(own[i] / _own.Values[0]) - Math.Log(other[i] / _other.Values[0]) : double.NaN;
        }
    }
}
