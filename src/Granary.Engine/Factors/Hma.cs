using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Hull's moving average of the close.</summary>
[Factor("hma", "Hull's moving average of the close: quick, and smooth.", Formula = "wma(2 · wma(n/2) − wma(n), √n), both halves rounded down",
    Source = "Hull 2005; Stock.Indicators", Range = "price")]
public sealed class Hma([Range(2, 10_000)] int n = 20) : ChunkedKernel
{
    private readonly int _last = (int)Math.Sqrt(n);
    private readonly double[] _scratch = new double[Longest], _scratch2 = new double[Longest];
    private ExactWeightedSum _long, _half;
    private RollingWeightedSum _smooth = new((int)Math.Sqrt(n));
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
        var scratch = _scratch2.AsSpan(0, close.Length);
        _long.NextMeans(close, result, scratch);
        _half.NextMeans(close, half, scratch);
        var from = Cold(close.Length, _seen, n);
        for (var i = from; i < close.Length; i++) result[i] = 2 * half[i] - result[i];
        _smooth.Next(result[from..], result[from..], scratch[from..]);
        var divisor = _last * (_last + 1.0) / 2;
        for (var i = from; i < close.Length; i++) result[i] /= divisor;
        Blank(result, ref _seen, WarmUp);
    }
}
