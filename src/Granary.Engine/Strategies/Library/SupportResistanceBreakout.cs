using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Follows a close through a price at which the market has turned before, as seen over several intervals of bars.</summary>
/// <remarks>
/// Levels are found over n, 2n and 4n bars. A level counts as broken when the close crosses the one that stood at the bar before.
/// </remarks>
[Strategy("Follows a close through resistance or support, found over n, 2n and 4n bars, when at least 'agree' of the three intervals "
        + "show a broken level.",
    WorksIn = "Markets with orders at round and remembered prices: once they are filled, stops on the other side add to the move.",
    LosesIn = "Markets that test their levels and return. A higher 'agree' means fewer and later trades.",
    Source = "Osler 2000; Brock, Lakonishok and LeBaron 1992")]
public sealed class SupportResistanceBreakout : Strategy
{
    private readonly Factor[] _support, _resistance;
    private readonly double[] _lastSupport = [double.NaN, double.NaN, double.NaN], _lastResistance = [double.NaN, double.NaN, double.NaN];
    private readonly int _agree;

    public SupportResistanceBreakout([Range(10, 1_250)] int n = 50, [Range(1, 50)] int wing = 3, [Range(0.01, 20)]
        double width = 0.5, [Range(1, 3)] int agree = 1)
    {
        _support = [.. Enumerable.Range(0, 3).Select(i => Use("support-resistance", n << i, wing, width))];
        _resistance = [.. _support.Select(f => Use(f.Request, line: 1))];
        _agree = agree;
    }

    public override void OnBar(StrategyContext bar)
    {
        var close = bar.Close;
        int above = 0, below = 0;
        for (var i = 0; i < 3; i++)
        {
            // NaN where there is no level, and so never broken.
            if (close > _lastResistance[i]) above++;
            if (close < _lastSupport[i]) below++;
            // A close exactly at a level does not change its role, although the factor already counts it as support.
            if (bar[_support[i]] != close) (_lastResistance[i], _lastSupport[i]) = (bar[_resistance[i]], bar[_support[i]]);
        }
        if (above >= _agree) bar.Go(Side.Buy);
        else if (below >= _agree) bar.Go(Side.Sell);
    }
}
