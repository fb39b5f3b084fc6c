using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Simple moving average of the close, summed without drift, so that ties of two averages are ties.</summary>
[Factor("sma", "Simple moving average of the close.", Formula = "sum(close, n) / n", Source = "textbook", Range = "price")]
public sealed class Sma([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private readonly double[] _window = new double[n];
    private ExactSum _sum;
    private int _seen, _at;

    public override int WarmUp => n;

    public override void Start() => _sum = new ExactSum(Series.Instrument.PriceDecimals);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        var window = _window;
        var sum = _sum;
        var at = _at;
        for (var i = 0; i < close.Length; i++)
        {
            if (_seen == n) sum.Remove(window[at]);
            else _seen++;
            sum.Add(window[at] = close[i]);
            if (++at == window.Length) at = 0;
            result[i] = _seen == n ? sum.Mean(n) : double.NaN;
        }
        _sum = sum;
        _at = at;
    }
}
