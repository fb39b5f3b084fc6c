using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Trading;

/// <summary>
/// The stops and targets of an entry, on the opposite side, for its filled quantity. They work from the entry's fill on; a stop, and a
/// target of the whole quantity, cancel the others. Any other order that closes the trade cancels all. Prices take precedence over
/// distances, which count from the entry's fill price; 0 = none.
/// </summary>
/// <param name="StopPrice">Quote currency.</param>
/// <param name="StopFraction">Stop distance as a fraction of the fill price; for example, 0.02 for 2 %.</param>
/// <param name="TargetPrice">Quote currency.</param>
/// <param name="TargetFraction">Target distance as a fraction of the fill price.</param>
/// <param name="TrailFraction">Distance below (above) the best price since the entry, as a fraction of it.</param>
/// <param name="FromNextBar">Not on the bar of the entry itself.</param>
/// <param name="TrailFrom">Prices from which the best is taken.</param>
public sealed record Protection(double StopPrice, double StopFraction, double TargetPrice, double TargetFraction,
    double TrailFraction, bool FromNextBar, TrailFrom TrailFrom = TrailFrom.Close)
{
    /// <summary>No stop and no target.</summary>
    public static Protection None { get; } = new(0, 0, 0, 0, 0, FromNextBar: false);

    /// <summary>A stop and a target at prices; 0 = none.</summary>
    internal static Protection Fixed(double stop, double target) => None with { StopPrice = stop, TargetPrice = target };

    /// <summary>Average true range at the entry's signal, quote currency; the unit of the distances below.</summary>
    public double Atr { get; init; }

    /// <summary>Stop distance as a multiple of <see cref="Atr"/>.</summary>
    public double StopAtr { get; init; }

    /// <summary>Target distance as a multiple of <see cref="Atr"/>.</summary>
    public double TargetAtr { get; init; }

    /// <summary>Distance of the trailing stop from the best price since the entry, as a multiple of <see cref="Atr"/>.</summary>
    public double TrailAtr { get; init; }

    /// <summary>Profit from which the trailing stop works, as a fraction of the fill price; 0 = from the entry on.</summary>
    public double TrailStart { get; init; }

    /// <summary>Targets of parts of the quantity, instead of one target; null or empty = none.</summary>
    public IReadOnlyList<TargetStep>? Targets { get; init; }

    /// <summary>Targets that replace the first one as the trade becomes older; null or empty = none.</summary>
    public IReadOnlyList<TargetFall>? Falls { get; init; }

    public bool IsNone => StopPrice <= 0 && StopFraction <= 0 && StopAtr <= 0 && !HasTarget && !HasTrail;

    /// <summary>Whether a distance counts in percent of the entry's price.</summary>
    public bool CountsInPercent => StopPrice <= 0 && StopFraction > 0 || TrailFraction > 0 || TrailStart > 0
        || TargetPrice <= 0 && (TargetFraction > 0 || Targets is { Count: > 0 } || Falls is { Count: > 0 });

    public bool HasTrail => TrailFraction > 0 || TrailAtr > 0;

    public bool HasTarget =>
        TargetPrice > 0 || TargetFraction > 0 || TargetAtr > 0 || Targets is { Count: > 0 } || Falls is { Count: > 0 };

    // A target of the strategy's own is one target that stays.
    private bool HasSteps => TargetPrice <= 0 && Targets is { Count: > 0 };

    /// <summary>The protection of an entry: its own prices, and the usual distances for the others.</summary>
    public Protection Of(in Order entry) => With(entry.StopLoss, entry.TakeProfit, entry.TrailFraction, entry.Atr);

    /// <summary>The same distances with other prices, another trailing distance and another average true range.</summary>
    internal Protection With(double stopPrice, double targetPrice, double trailFraction, double atr) =>
        stopPrice == StopPrice && targetPrice == TargetPrice && trailFraction == TrailFraction && atr == Atr ? this
            : this with { StopPrice = stopPrice, TargetPrice = targetPrice, TrailFraction = trailFraction, Atr = atr };

    /// <summary>The stop price for an entry filled at this price; 0 = none.</summary>
    public double StopFor(Side side, double fill) =>
        StopPrice > 0 ? StopPrice
        : StopFraction > 0 ? fill * (1 - (int)side * StopFraction)
        : StopAtr > 0 ? Math.Max(0, fill - (int)side * StopAtr * Atr) : 0;

    /// <summary>The trailing stop's price for an entry filled at a price; 0 = none, or not yet.</summary>
    /// <param name="best">The best price since the entry.</param>
    public double TrailFor(Side side, double fill, double best)
    {
        var sign = (int)side;
        if (TrailStart > 0 && sign * (best - fill * (1 + sign * TrailStart)) < -Tolerance.Level * fill) return 0;
        return TrailFraction > 0 ? best * (1 - sign * TrailFraction) : TrailAtr > 0 ? Math.Max(0, best - sign * TrailAtr * Atr) : 0;
    }

    /// <summary>The price of a target for an entry filled at a price; 0 = none.</summary>
    /// <param name="step">The index in <see cref="Targets"/>; read only if there are some.</param>
    /// <param name="age">Time since the entry, ticks.</param>
    public double TargetFor(Side side, double fill, int step = 0, long age = 0)
    {
        var sign = (int)side;
        if (TargetPrice > 0) return TargetPrice;
        if (HasSteps) return step < Targets!.Count ? fill * (1 + sign * (Targets[step].Percent / 100)) : 0;
        if (FallAt(age) is >= 0 and var fall) return fill * (1 + sign * (Falls![fall].Percent / 100));
        return TargetFraction > 0 ? fill * (1 + sign * TargetFraction) : TargetAtr > 0 ? Math.Max(0, fill + sign * TargetAtr * Atr) : 0;
    }

    /// <summary>The index in <see cref="Falls"/> of the last one that a trade is old enough for; −1 = none.</summary>
    /// <param name="age">Time since the entry, ticks.</param>
    public int FallAt(long age)
    {
        if (Falls is null || TargetPrice > 0) return -1;
        var at = Falls.Count - 1;
        while (at >= 0 && Falls[at].After.Ticks > age) at--;
        return at;
    }

    /// <summary>Whether a later target replaces the one at an index of <see cref="Falls"/>.</summary>
    public bool FallsAfter(int fall) => Falls is not null && TargetPrice <= 0 && fall + 1 < Falls.Count;

    /// <summary>The next target, and the quantity that it closes: infinite for all that is open.</summary>
    /// <param name="entered">Base units that were entered.</param>
    /// <param name="taken">Base units of them that targets have closed.</param>
    /// <param name="lot">The instrument's lot; 0 = any quantity.</param>
    /// <param name="done">The number of targets that are done, whatever they have closed.</param>
    /// <returns>The index in <see cref="Targets"/>; their number if all are done.</returns>
    public (int Step, double Quantity) NextTarget(double entered, double taken, double lot, int done = 0)
    {
        if (!HasSteps) return (0, double.PositiveInfinity);
        var share = 0.0;
        for (var step = 0; step < Targets!.Count; step++)
        {
            share += Targets[step].Share ?? 1;
            if (share >= 1 - Tolerance.Share) return (step, double.PositiveInfinity);
            // Sums are rounded, not steps, so that roundings do not add up.
            var due = Instrument.RoundQuantity(entered * share, lot) - taken;
            if (step >= done && due > Tolerance.Arithmetic * entered) return (step, due);
        }
        return (Targets.Count, 0);
    }
}
