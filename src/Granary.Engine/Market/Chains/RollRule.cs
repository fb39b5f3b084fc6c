namespace Granary.Engine.Market.Chains;

/// <summary>The rule by which a chain changes to its next contract.</summary>
/// <param name="Days">
/// Trading days before the expiry or the first notice day; the day of the month; or, of volume and open interest, days in a row on which
/// the later contract has more.
/// </param>
/// <param name="Dates">Of <see cref="RollBy.Dates"/>: the days of the rolls, in order.</param>
internal sealed record RollRule(RollBy By, int Days, IReadOnlyList<RollDate> Dates)
{
    /// <summary>Whether the rule compares what was traded.</summary>
    public bool IsByActivity => By is RollBy.Volume or RollBy.OpenInterest;
}

/// <summary>A day on which a chain changes its contract.</summary>
/// <param name="Contract">The contract from then on; null for the next one.</param>
internal readonly record struct RollDate(DateOnly Day, string? Contract);
