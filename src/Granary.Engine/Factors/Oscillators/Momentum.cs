using System.Numerics;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Factors.Prices;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Change of the close over some bars.</summary>
[Factor("momentum", "Change of the close over n bars.", Formula = "close − close[n]", Source = "textbook; Stock.Indicators", Range = "price difference")]
public sealed class Momentum([Range(1, 10_000)] int n = 10) : FactorKernel
{
    private Lag _lag = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        _lag.Next(close, result);
        var i = 0;
        for (; i <= close.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(close[i..]) - new Vector<double>(result[i..])).CopyTo(result[i..]);
        for (; i < close.Length; i++) result[i] = close[i] - result[i];
    }
}
