using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// The stop, target and trailing stop of one open trade, as they work now. The level that the market reaches first closes the trade, or
/// the part that a target is for. A level of 0 is absent.
/// </summary>
internal struct TradeProtection
{
    private Protection? _terms;
    /// <summary>Quote currency.</summary>
    public double Stop;
    /// <summary>The next target, quote currency.</summary>
    public double Target;
    /// <summary>Base units that targets have closed.</summary>
    public double Taken;
    /// <summary>The best price since the entry; NaN until one counts.</summary>
    public double TrailBest;
    /// <summary>The trailing stop's price; 0 until it works.</summary>
    public double TrailLevel;
    /// <summary>Prices and distances of the entry.</summary>
    public readonly Protection Terms => _terms ?? Protection.None;

    // The index in Terms.Falls of the target that works; -1 = the first one.
    private int _fall;
    // Base units that the target which works now has closed.
    private double _part;
    // The number of targets that were done at the last split: of the larger quantities their shares may be some lots more.
    private int _done;

    public readonly bool IsNone => !(Stop > 0 || Target > 0 || Terms.HasTrail);

    /// <summary>Whether a level may move without a call: the trailing stop, or a target that falls with time.</summary>
    public readonly bool IsMoving => Terms.HasTrail || Terms.FallsAfter(_fall);

    /// <summary>Sets the levels at the entry's first fill.</summary>
    /// <param name="price">The fill price.</param>
    /// <param name="entered">Base units that were entered.</param>
    public void Start(Protection terms, Side side, double price, double entered, Instrument instrument)
    {
        _terms = terms;
        _fall = -1;
        Stop = instrument.RoundPrice(terms.StopFor(side, price));
        SetTarget(side, price, entered, instrument);
        TrailBest = terms.FromNextBar ? double.NaN : price;
        TrailLevel = terms.FromNextBar ? 0 : instrument.RoundPrice(terms.TrailFor(side, price, price));
    }

    /// <summary>Replaces all levels by prices that stay.</summary>
    /// <returns>false if they are those that work already.</returns>
    public bool Replace(Protection terms)
    {
        if (Terms == terms && Stop == terms.StopPrice && Target == terms.TargetPrice) return false;
        (_terms, Stop, Target) = (terms, terms.StopPrice, terms.TargetPrice);
        (TrailBest, TrailLevel, _fall, _part, _done) = (double.NaN, 0, -1, 0, 0);
        return true;
    }

    /// <summary>Moves the levels with the average price of an entry that fills further. A stop that was moved stays.</summary>
    /// <param name="entered">Base units that were entered.</param>
    public void Follow(Side side, double before, double now, double entered, Instrument instrument)
    {
        if (Stop == instrument.RoundPrice(Terms.StopFor(side, before))) Stop = instrument.RoundPrice(Terms.StopFor(side, now));
        SetTarget(side, now, entered, instrument);
    }

    /// <summary>Lowers the target of a trade that is old enough for the next one.</summary>
    /// <param name="price">The entry's fill price.</param>
    /// <param name="age">Time since the entry, ticks.</param>
    /// <returns>Whether the target has changed.</returns>
    public bool Fall(Side side, double price, long age, Instrument instrument)
    {
        if (Terms.FallAt(age) is var fall && fall <= _fall) return false;
        _fall = fall;
        SetTarget(side, price, 0, instrument);
        return true;
    }

    /// <summary>The quantity that the target closes: infinite for all that is open.</summary>
    /// <param name="entered">Base units that were entered.</param>
    public readonly double TargetQuantity(double entered, Instrument instrument) =>
        Next(entered, instrument).Quantity;

    /// <summary>The quantity of the target's order, filled or not.</summary>
    /// <param name="entered">Base units that were entered.</param>
    public readonly double TargetOrderQuantity(double entered, Instrument instrument) =>
        TargetQuantity(entered, instrument) is var due && double.IsPositiveInfinity(due) ? entered - (Taken - _part) : due + _part;

    /// <summary>Counts a fill of the target; the next one works when it is done.</summary>
    /// <param name="price">The entry's fill price.</param>
    /// <param name="entered">Base units that were entered.</param>
    /// <returns>The base units that the target has closed if it is done, so the next one works now; else 0.</returns>
    public double Take(double quantity, Side side, double price, double entered, Instrument instrument)
    {
        var before = Next(entered, instrument).Step;
        Taken += quantity;
        _part += quantity;
        if (Next(entered, instrument).Step == before) return 0;
        SetTarget(side, price, entered, instrument);
        var done = _part;
        _part = 0;
        return done;
    }

    private readonly (int Step, double Quantity) Next(double entered, Instrument instrument) =>
        Terms.NextTarget(entered, Taken, instrument.LotSize, _done);

    private void SetTarget(Side side, double price, double entered, Instrument instrument) =>
        Target = instrument.RoundPrice(Terms.TargetFor(side, price, Next(entered, instrument).Step,
            _fall < 0 ? 0 : Terms.Falls![_fall].After.Ticks));

    /// <summary>Moves the trailing stop at the end of a bar. Call it only if there is a trailing stop.</summary>
    /// <param name="price">The entry's fill price.</param>
    /// <param name="sinceOpen">Whether the trade was open from the bar's open on.</param>
    public void Trail(Side side, double price, in Bar bar, bool sinceOpen, Instrument instrument)
    {
        var best = Terms.TrailFrom.PriceOf(side, bar, sinceOpen);
        if (double.IsNaN(TrailBest) || (int)side * (best - TrailBest) > 0) TrailBest = best;
        if (Terms.TrailFor(side, price, TrailBest) is not (> 0 and var level)) return;
        level = instrument.RoundPrice(level);
        // It never gives way: after a roll by a difference, a percentage of the new contract's price is another distance.
        TrailLevel = TrailLevel <= 0 ? level : side == Side.Buy ? Math.Max(TrailLevel, level) : Math.Min(TrailLevel, level);
    }

    /// <summary>The stop or the trailing stop, whichever the market reaches first; a price of 0 = none.</summary>
    /// <param name="side">The side of the trade.</param>
    public readonly (double Price, ExitReason Reason) WorkingStop(Side side)
    {
        var isTrailed = TrailLevel > 0 && (Stop <= 0 || (side == Side.Buy ? TrailLevel > Stop : TrailLevel < Stop));
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

    /// <summary>Moves the levels to the next contract.</summary>
    public void Roll(ListingChange change, Instrument instrument)
    {
        _terms = Terms.With(instrument.RollPrice(Terms.StopPrice, change), instrument.RollPrice(Terms.TargetPrice, change),
            Terms.TrailFraction, instrument.RollDistance(Terms.Atr, change));
        Stop = instrument.RollPrice(Stop, change);
        Target = instrument.RollPrice(Target, change);
        TrailBest = instrument.RollPrice(TrailBest, change);
        TrailLevel = instrument.RollPrice(TrailLevel, change);
    }

    /// <summary>Applies a split: prices fall by its ratio, quantities grow.</summary>
    /// <param name="entered">Base units that were entered, before the split.</param>
    public void Split(double ratio, double entered, Instrument instrument)
    {
        _done = Next(entered, instrument).Step;
        _terms = Terms.With(instrument.SplitPrice(Terms.StopPrice, ratio), instrument.SplitPrice(Terms.TargetPrice, ratio),
            Terms.TrailFraction, Terms.Atr / ratio);
        Stop = instrument.SplitPrice(Stop, ratio);
        Target = instrument.SplitPrice(Target, ratio);
        Taken *= ratio;
        _part *= ratio;
        TrailBest /= ratio;
        TrailLevel = instrument.SplitPrice(TrailLevel, ratio);
    }
}
