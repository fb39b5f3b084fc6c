using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// The stop, target and trailing stop of one open trade. The level that the market reaches first closes the trade, and the others end with
/// it. A level of 0 is absent.
/// </summary>
public struct TradeProtection
{
    /// <summary>Quote currency.</summary>
    public double Stop;
    /// <summary>Quote currency.</summary>
    public double Target;
    /// <summary>Distance of the trailing stop from the best price, as a fraction of that price; 0 = no trailing stop.</summary>
    public double TrailFraction;
    public TrailFrom TrailFrom;
    /// <summary>The best price since the entry; NaN until one counts.</summary>
    public double TrailBest;
    /// <summary>The trailing stop's price; 0 until it works.</summary>
    public double TrailLevel;

    public readonly bool IsNone => !(Stop > 0 || Target > 0 || TrailFraction > 0);

    /// <summary>Starts the trailing stop at the entry.</summary>
    /// <param name="fromEntry">Whether the stop works from the entry price on; otherwise from the first close after it.</param>
    public void StartTrail(Side side, double price, bool fromEntry, Instrument instrument)
    {
        TrailBest = fromEntry ? price : double.NaN;
        TrailLevel = fromEntry && TrailFraction > 0 ? instrument.RoundPrice(price * (1 - (int)side * TrailFraction)) : 0;
    }

    /// <summary>Moves the trailing stop at the end of a bar. Call it only if there is a trailing stop.</summary>
    /// <param name="sinceOpen">Whether the trade was open from the bar's open on.</param>
    public void Trail(Side side, in Bar bar, bool sinceOpen, Instrument instrument)
    {
        var (sign, price) = ((int)side, TrailFrom.PriceOf(side, bar, sinceOpen));
        if (double.IsNaN(TrailBest) || sign * (price - TrailBest) > 0) TrailBest = price;
        TrailLevel = instrument.RoundPrice(TrailBest * (1 - sign * TrailFraction));
    }

    /// <summary>The stop or the trailing stop, whichever the market reaches first; a price of 0 = none.</summary>
    /// <param name="side">The side of the trade.</param>
    public readonly (double Price, ExitReason Reason) WorkingStop(Side side)
    {
        var isTrailed = TrailFraction > 0 && TrailLevel > 0 && (Stop <= 0 || (side == Side.Buy ? TrailLevel > Stop : TrailLevel < Stop));
        return isTrailed ? (TrailLevel, ExitReason.TrailingStop) : (Stop, ExitReason.Stop);
    }

    /// <summary>Returns the levels that a bar, or a part of one, reaches.</summary>
    /// <param name="side">The side of the trade.</param>
    /// <param name="byClose">
    /// The trade was entered within the part, and the part's best price may be older. Then only the close shows that the market reached the
    /// target after the entry: between the two it passed every price.
    /// </param>
    public readonly ProtectionTouch Touch(Side side, in Bar part, bool byClose)
    {
        var isLong = side == Side.Buy;
        var (stop, reason) = WorkingStop(side);
        var best = byClose ? part.Close : isLong ? part.High : part.Low;
        var stopped = stop > 0 && (isLong ? PriceLevel.IsAtOrBelow(part.Low, stop) : PriceLevel.IsAtOrAbove(part.High, stop));
        var reached = Target > 0 && (isLong ? PriceLevel.IsAtOrAbove(best, Target) : PriceLevel.IsAtOrBelow(best, Target));
        return new ProtectionTouch(stopped, reached, stop, reason);
    }

    /// <summary>Applies a split: prices fall by its ratio.</summary>
    public void Split(double ratio, Instrument instrument)
    {
        Stop = instrument.SplitPrice(Stop, ratio);
        Target = instrument.SplitPrice(Target, ratio);
        TrailBest /= ratio;
        TrailLevel = instrument.SplitPrice(TrailLevel, ratio);
    }
}
