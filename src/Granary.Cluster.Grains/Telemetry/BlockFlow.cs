using System.Diagnostics;

namespace Granary.Cluster.Grains.Telemetry;

/// <summary>
/// Counts the blocks that a reader of a feed holds on its silo, from arrival until its strategies request the next one. At its end the rest
/// is
/// subtracted.
/// </summary>
internal sealed class BlockFlow(ClusterInstruments instruments) : IDisposable
{
    private readonly Dictionary<long, long> _since = [];
    private bool _ended;

    public void Arrived(long number)
    {
        lock (_since)
            if (!_ended && _since.TryAdd(number, Stopwatch.GetTimestamp())) instruments.BlocksInFlight.Add(1);
    }

    /// <summary>Records a duplicate or late block.</summary>
    public void Dropped(long number) => Leave(number);

    public void Processed(long number)
    {
        if (Leave(number) is { } since) instruments.FeedLag.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);
    }

    private long? Leave(long number)
    {
        lock (_since)
        {
            if (!_since.Remove(number, out var since)) return null;
            instruments.BlocksInFlight.Add(-1);
            return since;
        }
    }

    public void Dispose()
    {
        lock (_since)
        {
            _ended = true;
            if (_since.Count > 0) instruments.BlocksInFlight.Add(-_since.Count);
            _since.Clear();
        }
    }
}
