using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace SamplePlugin.Examples;

/// <summary>A factor of your own: the share of the last n bars that closed higher than the bar before.</summary>
/// <param name="n">Bars.</param>
[Factor("up-share", "Share of the last n bars that closed higher than the bar before.", Formula = "rises / n", Range = "0 … 1")]
public sealed class UpShare([Range(2, 1_000)] int n = 20) : FactorKernel
{
    private readonly bool[] _rose = new bool[n];
    private double _before = double.NaN;
    private long _seen;
    private int _rises;

    // The first bar has no bar before it.
    public override int WarmUp => n + 1;

    // The runs of bars may have any length, and live they have one bar: the state is in the fields.
    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        for (var i = 0; i < bars.Count; i++)
        {
            var at = (int)(_seen++ % n);
            if (_rose[at]) _rises--;
            _rose[at] = bars.Close[i] > _before;
            if (_rose[at]) _rises++;
            _before = bars.Close[i];
            result[i] = _seen <= n ? double.NaN : (double)_rises / n;
        }
    }
}

/// <summary>Uses the factor: buys while most bars rise, and leaves when most fall.</summary>
[Strategy("Buys when the share of rising bars crosses above 'high', and leaves when it crosses below 'low'.")]
public sealed class UpShareTrend : Strategy
{
    private readonly Crossing _rise, _fall;

    public UpShareTrend([Range(2, 1_000)] int period = 20, [Range(0, 1)] double high = 0.6, [Range(0, 1)] double low = 0.45)
    {
        var share = Use("up-share", period);
        (_rise, _fall) = (Cross(share, high), Cross(share, low));
        ActOnlyAtCrossings();
    }

    public override void OnBar(StrategyContext bar)
    {
        if (_rise.At(bar) > 0) bar.Enter(Side.Buy);
        if (_fall.At(bar) < 0) bar.Exit(Side.Buy);
    }
}
