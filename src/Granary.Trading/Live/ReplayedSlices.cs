using Granary.Data.Feeds;
using Granary.Engine.Brokerage;
using Granary.Engine.Market.Feeds;

namespace Granary.Trading.Live;

/// <summary>The time slices of a journal's bars in order. The strategies are run over each slice before it is returned.</summary>
/// <param name="past">The events of the journal.</param>
internal sealed class ReplayedSlices(IReadOnlyList<JournalEvent> past, WarmFeed feed, LivePortfolio portfolio)
{
    // Equal to the block length of strategies; more time slices at once cost memory without being faster.
    private const int MostAhead = 1024;

    private readonly Queue<IReadOnlyList<TimeSlice>> _ahead = [];
    private int _read;

    /// <summary>Returns the time slices that the next <see cref="BarsTaken"/> of the journal completes. Process them before the next
    /// call.</summary>
    public IReadOnlyList<TimeSlice> Next()
    {
        if (_ahead.Count == 0) RunAhead();
        return _ahead.Dequeue();
    }

    private void RunAhead()
    {
        List<TimeSlice> run = [];
        for (; _read < past.Count && run.Count < MostAhead; _read++)
        {
            if (past[_read] is not BarsTaken taken) continue;
            var slices = feed.Resume(taken.Timestamp, taken.Bars);
            run.AddRange(slices);
            _ahead.Enqueue(slices);
        }
        if (run.Count > 0) portfolio.RunAhead(run);
    }
}
