using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Benchmarks.Sweep;

/// <summary>
/// Follows a crossing of two averages, long and short, where range, momentum and bands agree: five factors, one of them of three lines.
/// </summary>
internal sealed class FiveFactors : Strategy
{
    private readonly Crossing _cross;
    private readonly Factor _rsi, _adx, _upper, _lower;

    public FiveFactors(int fast, int slow)
    {
        _cross = Cross(Use("ema", fast), Use("ema", slow));
        _rsi = Use("rsi", 14);
        _adx = Use("adx", 14);
        _upper = Use("bollinger(20,2).upper");
        _lower = Use("bollinger(20,2).lower");
        ActOnlyAt(Occasion.CloseAbove(_upper, Acts.ExitShort), Occasion.CloseBelow(_lower, Acts.ExitLong));
    }

    public override void OnBar(StrategyContext bar)
    {
        var turn = _cross.At(bar);
        var close = bar.Close;
        if (turn > 0 && bar[_rsi] < 70 && bar[_adx] > 15) bar.Go(Side.Buy);
        else if (turn < 0 && bar[_rsi] > 30 && bar[_adx] > 15) bar.Go(Side.Sell);
        else if (close > bar[_upper] && bar.IsShort) bar.Exit(Side.Sell);
        else if (close < bar[_lower] && bar.IsLong) bar.Exit(Side.Buy);
    }
}
