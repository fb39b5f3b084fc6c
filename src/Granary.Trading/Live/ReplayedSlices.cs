using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>The time slices of a journal's bars, in order; the strategies have run over each before it is given out.</summary>
/// <param name="past">What the journal holds.</param>
internal sealed class ReplayedSlices(IReadOnlyList<JournalEvent> past, FeedTimeSlices slices, LivePortfolio portfolio)
{
    // Blocks of strategies are as long: more time slices at once cost memory and no less time.
    private const int MostAhead = 1024;

    private readonly Queue<List<TimeSlice>> _ahead = [];
    private int _read;

    /// <summary>Those that the next <see cref="BarsTaken"/> of the journal completes, to be processed before the next call.</summary>
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
            var from = run.Count;
            run.AddRange(slices.Resume(taken));
            _ahead.Enqueue(run[from..]);
        }
        if (run.Count > 0) portfolio.RunAhead(run);
    }
}
