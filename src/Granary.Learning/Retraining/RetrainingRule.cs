namespace Granary.Learning.Retraining;

/// <summary>The rule for retraining a strategy's model and promoting versions, as a learning section declares it.</summary>
/// <param name="Trades">Closed trades of the strategy's own account between two trainings; null if <paramref name="Days"/> is used.</param>
/// <param name="Days">Days between two trainings; null if <paramref name="Trades"/> is used.</param>
/// <param name="Lateness">Ticks from the end of a version's training data until its decision takes effect.</param>
/// <param name="Level">
/// The significance level of a promotion: the maximum probability of promoting a version whose errors are not smaller.
/// </param>
/// <param name="HasChallenger">
/// Whether the newest unpromoted version continues to predict without acting, and is compared again at the next training.
/// </param>
/// <param name="Expiry">The age at which a version stops admitting entries; null = it does not expire.</param>
internal sealed record RetrainingRule(int? Trades, int? Days, long Lateness = 0, double Level = 0.05, bool HasChallenger = false,
    VersionExpiry? Expiry = null)
{
    /// <summary>Whether the rule depends on closed trades.</summary>
    public bool CountsTrades => Trades is not null || Expiry?.Trades is not null;

    /// <summary>Returns the times of the trainings.</summary>
    /// <param name="first">When the first training has enough samples, UTC ticks.</param>
    /// <param name="closings">When closed trades were known, UTC ticks, ascending.</param>
    /// <param name="end">The exclusive end of the trainings, UTC ticks.</param>
    public IReadOnlyList<long> Times(long first, IReadOnlyList<long> closings, long end)
    {
        var times = new List<long>();
        for (var next = first; next < end; next = After(next, closings)) times.Add(next);
        return times;
    }

    private long After(long time, IReadOnlyList<long> closings) =>
        Trades is { } count ? VersionExpiry.NthAfter(closings, time, count) : time + Days!.Value * TimeSpan.TicksPerDay;
}
