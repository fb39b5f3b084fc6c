using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Hull's moving average of the close.</summary>
[Factor("hma", "Hull's moving average of the close: quick, and smooth.", Formula = "wma(2 · wma(n/2) − wma(n), √n), both halves rounded down",
    Source = "Hull 2005; Stock.Indicators", Range = "price")]
public sealed class Hma([Range(2, 10_000)] int n = 20) : ChunkedKernel
{
    private readonly int _last = (int)Math.Sqrt(n);
    private readonly double[] _scratch = new double[Longest];
    private ExactWeightedSum _long, _half, _smooth = new((int)Math.Sqrt(n), decimals: -1);
    private long _seen;

    public override int WarmUp => n + _last - 1;

    public override void Start()
    {
        _long = new ExactWeightedSum(n, Series.Instrument.PriceDecimals);
        _half = new ExactWeightedSum(n / 2, Series.Instrument.PriceDecimals);
    }

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        var half = _scratch.AsSpan(0, close.Length);
        _long.Next(close, result);
        _half.Next(close, half);
        var from = Cold(close.Length, ref _seen, n);
        for (var i = from; i < close.Length; i++) result[i] = 2 * half[i] - result[i];
        _smooth.Next(result[from..], result[from..]);
    }
}
