using Granary.Engine.Market;
using Granary.Learning.Retraining;

namespace Granary.Learning.Gating;

/// <summary>Counts the bars and the closed trades of a strategy, which determine the expiry of model versions.</summary>
internal sealed class AgeCounter(VersionExpiry limit, Timeframe timeframe)
{
    // When they were known, UTC ticks, ascending; only as many as an age can need.
    private readonly List<long> _bars = [], _trades = [];

    /// <summary>Adds the next block of the feed.</summary>
    public void Take(BarBlock block)
    {
        if (limit.Bars is not { } most) return;
        for (var i = 0; i < block.Count; i++) _bars.Add(timeframe.CloseOf(block.Time[i]));
        // Bars of this block may be later than the current time.
        Trim(_bars, most + block.Count);
    }

    /// <summary>Adds a closed trade.</summary>
    /// <param name="known">UTC ticks.</param>
    public void Closed(long known)
    {
        if (limit.Trades is not { } most) return;
        _trades.Add(known);
        Trim(_trades, most);
    }

    /// <summary>Whether a version has reached its maximum age in bars or in trades.</summary>
    /// <param name="known">UTC ticks.</param>
    public bool HasReached(VersionAge age, long known) =>
        age.Limit.Bars is { } bars && age.Bars + Between(_bars, age.At, known) >= bars
        || age.Limit.Trades is { } trades && age.Trades + Between(_trades, age.At, known) >= trades;

    // Trims rarely, so that the list is not moved at every bar.
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
