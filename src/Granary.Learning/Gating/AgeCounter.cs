using Granary.Engine.Market;
using Granary.Learning.Retraining;

namespace Granary.Learning.Gating;

/// <summary>Counts the bars and the closed trades of a strategy, by which versions of its model expire.</summary>
internal sealed class AgeCounter(VersionExpiry limit, Timeframe timeframe)
{
    // When they were known, UTC ticks, rising; no more of them than an age can need.
    private readonly List<long> _bars = [], _trades = [];

    /// <summary>The next block of the feed.</summary>
    public void Take(BarBlock block)
    {
        if (limit.Bars is not { } most) return;
        for (var i = 0; i < block.Count; i++) _bars.Add(timeframe.CloseOf(block.Time[i]));
        // Those of this block may lie ahead.
        Trim(_bars, most + block.Count);
    }

    /// <summary>A trade was closed.</summary>
    /// <param name="known">UTC ticks.</param>
    public void Closed(long known)
    {
        if (limit.Trades is not { } most) return;
        _trades.Add(known);
        Trim(_trades, most);
    }

    /// <summary>Whether a version has reached its greatest age by bars or by trades.</summary>
    /// <param name="known">UTC ticks.</param>
    public bool HasReached(VersionAge age, long known) =>
        age.Limit.Bars is { } bars && age.Bars + Between(_bars, age.At, known) >= bars
        || age.Limit.Trades is { } trades && age.Trades + Between(_trades, age.At, known) >= trades;

    // Seldom, so that the list is not moved at every bar.
    private static void Trim(List<long> times, int needed)
    {
        if (times.Count > 2 * (long)needed + 1024) times.RemoveRange(0, times.Count - needed);
    }

    private static int Between(List<long> times, long after, long until) => Math.Max(0, UpTo(times, until) - UpTo(times, after));

    private static int UpTo(List<long> times, long until)
    {
        var at = times.BinarySearch(until);
        if (at < 0) return ~at;
        while (at < times.Count && times[at] == until) at++;
        return at;
    }
}
