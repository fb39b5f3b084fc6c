namespace Granary.Engine.Factors.Volumes;

/// <summary>Volume, added on a rising close and subtracted on a falling one.</summary>
[Factor("obv", "On-balance volume: volume added on a rising close, subtracted on a falling one, 0 at the first bar.",
    Formula = "obv[1] + sign(close − close[1]) · volume", Source = "Granville 1963; Stock.Indicators", Range = "volume")]
internal sealed class OnBalanceVolume : FactorKernel
{
    private double _previous = double.NaN, _sum;

    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var volume = bars.Volume;
        var result = lines[0];
        var (previous, sum) = (_previous, _sum);
        for (var i = 0; i < close.Length; i++)
        {
            // At the first bar both comparisons with NaN are false.
            if (close[i] > previous) sum += volume[i];
            else if (close[i] < previous) sum -= volume[i];
            previous = close[i];
            result[i] = sum;
        }
        (_previous, _sum) = (previous, sum);
    }
}
