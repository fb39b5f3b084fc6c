using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Hull's moving average of the close.</summary>
[Factor("hma", "Hull's moving average of the close: quick, and smooth.", Formula = "wma(2 · wma(n/2) − wma(n), √n), both halves rounded down",
    Source = "Hull 2005; Stock.Indicators", Range = "price")]
public sealed class Hma([Range(2, 10_000)] int n = 20) : FactorKernel
{
    private readonly int _last = (int)Math.Sqrt(n);
    private ExactWeightedSum _long, _half, _smooth = new((int)Math.Sqrt(n), decimals: -1);

    public override int WarmUp => n + _last - 1;

    public override void Start()
    {
        _long = new ExactWeightedSum(n, Series.Instrument.PriceDecimals);
        _half = new ExactWeightedSum(n / 2, Series.Instrument.PriceDecimals);
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            _long.Add(close[i]);
            _half.Add(close[i]);
            if (_long.IsFull) _smooth.Add(2 * _half.WeightedMean - _long.WeightedMean);
            result[i] = _smooth.IsFull ? _smooth.WeightedMean : double.NaN;
        }
    }
}
