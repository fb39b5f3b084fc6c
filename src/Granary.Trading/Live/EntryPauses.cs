using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>The times at which an operator had paused entries, from the facts of a journal.</summary>
internal sealed class EntryPauses
{
    private readonly List<(long From, long To)> _pauses = [];

    /// <summary>Takes a fact of the journal, in order.</summary>
    public void Take(JournalEvent e)
    {
        switch (e)
        {
            case SessionControlled { Command: SessionCommand.Pause or SessionCommand.Flatten } when _pauses is not [.., (_, long.MaxValue)]:
                _pauses.Add((e.Timestamp, long.MaxValue));
                break;
            case SessionControlled { Command: SessionCommand.Resume } when _pauses is [.., (var from, long.MaxValue)]:
                _pauses[^1] = (from, e.Timestamp);
                break;
        }
    }

    /// <summary>The pauses that overlap with a time in UTC ticks, whose end is excluded; one that lasts ends never.</summary>
    public IEnumerable<(long From, long To)> In(long from, long to) => _pauses.Where(p => p.From < to && from < p.To);
}
