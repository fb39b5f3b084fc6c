using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// The price at which what backs a position falls to its maintenance margin and the exchange's liquidation fee. Both count at that price,
/// with the step of the table that its notional has there.
/// </summary>
internal static class LiquidationPrice
{
    /// <summary>The liquidation price of a position with a margin of its own.</summary>
    /// <param name="entry">Average entry price.</param>
    /// <param name="units">Quantity in base units times the multiplier.</param>
    /// <param name="margin">Quote currency.</param>
    /// <param name="feeRate">The liquidation fee as a fraction of the notional.</param>
    /// <returns>NaN if no price liquidates it.</returns>
    public static double Isolated(Side side, double entry, double units, double margin, MarginTiers tiers, double feeRate)
    {
        // Per unit, so that positions of any size with the same entry have the same price, to the last digit.
        var own = margin / units - (int)side * entry;
        return side == Side.Buy ? Solve(own, new Piece(tiers, units, 1), default, feeRate)
            : Solve(own, default, new Piece(tiers, units, 1), feeRate);
    }

    /// <summary>The price of one instrument at which the whole equity of an account falls to the requirement of its positions.</summary>
    /// <param name="cash">Equity is <c>cash + (longs − shorts) · price</c>, less what positions in other instruments require.</param>
    /// <param name="longs">Quantity in base units times the multiplier.</param>
    /// <param name="shorts">The same of short positions.</param>
    /// <inheritdoc cref="Isolated"/>
    public static double Cross(double cash, double longs, double shorts, MarginTiers tiers, double feeRate) =>
        longs == 0 && shorts == 0 ? double.NaN : Solve(cash, new Piece(tiers, longs, longs), new Piece(tiers, shorts, shorts), feeRate);

    // A side of the position: its units decide the step of the table, its weight is the part of them that the sum counts.
    private readonly record struct Piece(MarginTiers? Tiers, double Units, double Weight)
    {
        public int StepAt(double price) => Weight > 0 ? Tiers!.StepOf(Units * price) : 0;

        public (double Amount, double Rate) At(int step) => Weight > 0
            ? (Tiers![step].Amount * (Weight / Units), Tiers[step].Rate * Weight) : default;
    }

    // The margin less the requirement is a concave function of the price that is linear within a step: the line of a step
    // leads to the next price, and each price is nearer. A long position reaches its price from below, a short one from above.
    private static double Solve(double cash, Piece longs, Piece shorts, double feeRate)
    {
        var isLong = longs.Weight > shorts.Weight;
        if (isLong && cash >= 0) return double.NaN;
        var (price, steps) = (0.0, (-1, -1));
        while ((longs.StepAt(price), shorts.StepAt(price)) is var next && next != steps)
        {
            steps = next;
            var (above, below) = (longs.At(next.Item1), shorts.At(next.Item2));
            var slope = longs.Weight - shorts.Weight - (above.Rate + below.Rate) - feeRate * (longs.Weight + shorts.Weight);
            // With such a rate no price is high enough for the long position.
            if (isLong && slope <= 0) return double.PositiveInfinity;
            if (slope == 0) return double.NaN;
            price = Math.Max(0, (cash + above.Amount + below.Amount) / -slope);
        }
        return price;
    }
}
