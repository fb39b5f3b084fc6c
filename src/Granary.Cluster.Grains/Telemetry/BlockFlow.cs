using System.Diagnostics;

namespace Granary.Cluster.Grains.Telemetry;

/// <summary>
/// Counts the blocks that a reader of a feed holds on its silo, from arrival until its strategies request the next one. At its end the rest
/// is subtracted.
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

    public void Processed(long number)
    {
        lock (_since)
        {
            if (!_since.Remove(number, out var since)) return;
            instruments.BlocksInFlight.Add(-1);
            instruments.FeedLag.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);
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
