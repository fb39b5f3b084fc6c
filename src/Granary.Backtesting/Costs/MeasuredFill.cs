using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Costs;

/// <summary>A fill whose cost can be measured.</summary>
/// <param name="Time">Time of the fill, UTC ticks.</param>
/// <param name="Quantity">Base units, positive.</param>
/// <param name="Venue">Lower case; empty if it is unknown.</param>
internal sealed record MeasuredFill(long Time, string Symbol, Side Side, double Quantity, double Price, string Venue)
{
    /// <summary>Quote currency; NaN if it is unknown.</summary>
    public double Fee { get; init; } = double.NaN;

    /// <summary>The multiplier of its instrument.</summary>
    public double Multiplier { get; init; } = 1;

    /// <summary>The currency of its price; empty if it is unknown.</summary>
    public string Currency { get; init; } = "";

    /// <summary>When the order was decided, UTC ticks; 0 if it is unknown.</summary>
    public long DecidedAt { get; init; }

    /// <summary>The price at which the order was decided: the close of the signal's bar; NaN if it is unknown.</summary>
    public double Close { get; init; } = double.NaN;

    /// <summary>The open of the bar of the fill, or of the first one after the decision if it is later; NaN if it is unknown.</summary>
    public double Open { get; init; } = double.NaN;

    /// <summary>Mid of bid and ask when the order arrived; NaN if it is unknown.</summary>
    public double Mid { get; init; } = double.NaN;

    /// <summary>The trigger price of a stop order; NaN for a market order.</summary>
    public double Stop { get; init; } = double.NaN;

    /// <summary>From when on a bar's open could trigger the stop, UTC ticks; 0 = before its bar.</summary>
    public long StopFrom { get; init; }

    /// <summary>Whether it is a fill of a stop order, whose cost is measured against its trigger.</summary>
    public bool IsStop => !double.IsNaN(Stop);

    /// <summary>Volume of the market in the bar of the fill, base units; NaN if it is unknown.</summary>
    public double Volume { get; init; } = double.NaN;

    /// <summary>High less low of the bar of the fill, basis points of its open; NaN if it is unknown.</summary>
    public double Range { get; init; } = double.NaN;

    /// <summary>The place of the fill, such as a file with its line; empty if unknown.</summary>
    public string Place { get; init; } = "";

    /// <summary>Returns the fill with what the bars say, where it does not say so itself.</summary>
    /// <param name="bars">The bars of its symbol, ascending.</param>
    /// <param name="own">The bar that contains the fill; null if none does.</param>
    public MeasuredFill With(IReadOnlyList<Bar> bars, Timeframe timeframe, out Bar? own)
    {
        var at = AtOrBefore(bars, Time);
        own = at >= 0 && Time < timeframe.CloseOf(bars[at].Time) ? bars[at] : null;
        if (own is not { } bar) return this;
        var measured = this with
        {
            Volume = double.IsNaN(Volume) ? bar.Volume : Volume,
            Range = double.IsNaN(Range) ? (bar.High - bar.Low) / bar.Open * CostStudy.Points : Range,
        };
        // A market that opened beyond the trigger triggers the stop there: that gap is not slippage.
        if (IsStop) return StopFrom <= bar.Time && (int)Side * (bar.Open - Stop) > 0 ? measured with { Stop = bar.Open } : measured;
        // The bar of an order without a time of decision is the one before that of its fill.
        var first = DecidedAt > 0 ? AtOrBefore(bars, DecidedAt - 1) + 1 : at;
        // A rest that fills in a later bar is charged at the open of that bar in a batch.
        var opened = Math.Max(first, at);
        return measured with
        {
            Open = double.IsNaN(Open) && opened < bars.Count ? bars[opened].Open : Open,
            Close = double.IsNaN(Close) && first > 0 ? bars[first - 1].Close : Close,
        };
    }

    /// <summary>The index of the last bar that opens at or before a time; −1 if there is none.</summary>
    /// <param name="bars">Ascending.</param>
    public static int AtOrBefore(IReadOnlyList<Bar> bars, long time)
    {
        var (low, high) = (0, bars.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (bars[middle].Time <= time) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }
}
