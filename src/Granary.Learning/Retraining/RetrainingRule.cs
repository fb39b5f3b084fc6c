namespace Granary.Learning.Retraining;

/// <summary>When a strategy's model is trained again, and which version is then in force, as a learning section declares it.</summary>
/// <param name="Trades">Closed trades of the strategy's own account between two trainings; null where <paramref name="Days"/> decide.
/// </param>
/// <param name="Days">Days between two trainings; null where <paramref name="Trades"/> decide.</param>
/// <param name="Lateness">Ticks from the time whose data a version is trained on until its decision takes effect.</param>
/// <param name="Level">
/// The largest probability with which a retraining promotes a version that errs no less than the one in force.
/// </param>
/// <param name="HasChallenger">
/// Whether the newest version that was not promoted goes on to predict without acting, and is compared again at the next training.
/// </param>
/// <param name="Expiry">The age from which a version admits no entries; null = it does not expire.</param>
public sealed record RetrainingRule(int? Trades, int? Days, long Lateness = 0, double Level = 0.05, bool HasChallenger = false,
    VersionExpiry? Expiry = null)
{
    /// <summary>Whether closed trades decide on anything.</summary>
    public bool CountsTrades => Trades is not null || Expiry?.Trades is not null;

    /// <summary>The times of the trainings.</summary>
    /// <param name="first">When the first training has enough samples, UTC ticks.</param>
    /// <param name="closings">When closed trades were known, UTC ticks, rising.</param>
    /// <param name="end">Trainings are before it, UTC ticks.</param>
    public IReadOnlyList<long> Times(long first, IReadOnlyList<long> closings, long end)
    {
        var times = new List<long>();
        for (var next = first; next < end; next = After(next, closings)) times.Add(next);
        return times;
    }

    private long After(long time, IReadOnlyList<long> closings) =>
        Trades is { } count ? VersionExpiry.NthAfter(closings, time, count) : time + Days!.Value * TimeSpan.TicksPerDay;
}
