namespace Granary.Engine.Market;

/// <summary>
/// The maintenance margin of a position by its notional, as exchanges publish it: notional · rate − amount of the step.
/// </summary>
public sealed class MarginTiers
{
    private readonly MarginTier[] _tiers;

    /// <param name="tiers">At least one; the first starts at 0, and their starts rise.</param>
    /// <exception cref="ArgumentException">There is none, or their starts do not rise from 0.</exception>
    internal MarginTiers(IReadOnlyList<MarginTier> tiers)
    {
        if (tiers.Count == 0 || tiers[0].From != 0) throw new ArgumentException("the first step starts at 0", nameof(tiers));
        for (var i = 1; i < tiers.Count; i++)
            if (!(tiers[i].From > tiers[i - 1].From))
                throw new ArgumentException("each step starts above the one before it", nameof(tiers));
        _tiers = [.. tiers];
    }

    /// <summary>One rate for positions of any size.</summary>
    public static MarginTiers Flat(double rate) => new([new MarginTier(0, rate, 0, 0)]);

    public int Count => _tiers.Length;

    internal MarginTier this[int step] => _tiers[step];

    /// <summary>The index of the step of a notional.</summary>
    public int StepOf(double notional)
    {
        var at = _tiers.Length - 1;
        while (at > 0 && notional < _tiers[at].From) at--;
        return at;
    }

    /// <summary>The maintenance margin of a notional, quote currency.</summary>
    public double Maintenance(double notional)
    {
        ref readonly var tier = ref _tiers[StepOf(notional)];
        return notional * tier.Rate - tier.Amount;
    }

    /// <summary>The greatest notional of a position with a leverage: infinite without a limit, 0 if it is too high for all.</summary>
    public double MostAt(double leverage)
    {
        foreach (var tier in _tiers)
            if (tier.MaxLeverage > 0 && tier.MaxLeverage < leverage)
                return tier.From;
        return double.PositiveInfinity;
    }
}
