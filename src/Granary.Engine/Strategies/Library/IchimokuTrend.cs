using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>
/// Is long while the close stands above the cloud and the conversion line above the base line, and short in the mirror image; leaves when
/// the close crosses the base line.
/// </summary>
[Strategy("Enters when the close is beyond the Ichimoku cloud and the conversion line beyond the base line, and exits when the close is "
        + "back across the base line.",
    WorksIn = "Long, orderly trends: three periods must agree, so it trades little between them.",
    LosesIn = "Fast turns, because cloud and base line lag; ranges around the cloud, which cause repeated false entries.",
    Source = "Hosoda 1969")]
public sealed class IchimokuTrend : Strategy
{
    private readonly Factor _conversion, _base, _spanA, _spanB;
    private Side? _stance;

    public IchimokuTrend([Range(1, 1_000)] int tenkan = 9, [Range(1, 2_000)] int kijun = 26, [Range(1, 4_000)] int senkou = 52)
    {
        _conversion = Use("ichimoku", tenkan, kijun, senkou);
        _base = Use(_conversion.Request, line: 1);
        _spanA = Use(_conversion.Request, line: 2);
        _spanB = Use(_conversion.Request, line: 3);
    }

    public override void OnBar(StrategyContext bar)
    {
        var (close, middle) = (bar.Close, bar[_base]);
        var (spanA, spanB) = (bar[_spanA], bar[_spanB]);
        Side? stance = close > Math.Max(spanA, spanB) && bar[_conversion] > middle ? Side.Buy
            : close < Math.Min(spanA, spanB) && bar[_conversion] < middle ? Side.Sell : null;
        // Each stance is entered once: a trade that a stop has ended is not taken up again before the market has changed its mind.
        if (stance is { } side && stance != _stance) bar.Go(side);
        else if (bar.IsLong && close < middle) bar.Exit(Side.Buy);
        else if (bar.IsShort && close > middle) bar.Exit(Side.Sell);
        _stance = stance;
    }
}
