using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Moving average of the close, weighted by volume.</summary>
[Factor("vwma", "Moving average of the close over n bars, weighted by volume.", Formula = "Σ close · volume / Σ volume",
    Source = "textbook; Stock.Indicators", Range = "price", Undefined = "while none of the n bars has volume")]
public sealed class Vwma([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingSum _value = new(n), _volume = new(n);
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var volume = bars.Volume;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var value = _value.Next(close[i] * volume[i]);
            var total = _volume.Next(volume[i]);
            result[i] = ++_seen >= n && total > 0 ? value / total : double.NaN;
        }
    }
}
