using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The relative strength of money flowing in and out, by typical price and volume.</summary>
[Factor("mfi", "Money flow index: the share of volume, at its typical price, that came with rising prices.",
    Formula = "typical = (high + low + close) / 3; 100 − 100 / (1 + Σ rising typical·volume / Σ falling typical·volume), 100 where nothing fell",
    Source = "Quong and Soudack 1989; Stock.Indicators", Range = "0 … 100")]
public sealed class MoneyFlowIndex([Range(1, 10_000)] int n = 14) : FactorKernel
{
    private RollingSum _in = new(n), _out = new(n);
    private double _previous = double.NaN;
    private long _seen;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var volume = bars.Volume;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var typical = (high[i] + low[i] + close[i]) / 3;
            var flow = typical * volume[i];
            var inflow = _in.Next(typical > _previous ? flow : 0);
            var outflow = _out.Next(typical < _previous ? flow : 0);
            _previous = typical;
            result[i] = _seen++ < n ? double.NaN : outflow > 0 ? 100 - 100 / (1 + inflow / outflow) : 100;
        }
    }
}
