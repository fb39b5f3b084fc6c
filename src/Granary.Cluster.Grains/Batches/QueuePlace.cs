using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Telemetry;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// The place of a queued batch. The list notifies a batch that may start. In case the call is lost, the batch asks every forty periods.
/// </summary>
/// <param name="period">Period of the batch's timer.</param>
internal sealed class QueuePlace(IJobListGrain list, string run, TimeSpan period, TimeProvider clock)
{
    private long? _askedAt;

    /// <summary>Makes the next call ask the list.</summary>
    public void Hurry() => _askedAt = null;

    /// <summary>Whether the batch may start, as far as is known.</summary>
    public async Task<bool> MayStartAsync()
    {
        if (_askedAt is { } at && clock.GetElapsedTime(at) < period * 40) return false;
        _askedAt = clock.GetTimestamp();
        try
        {
            return await Untraced.CallAsync(() => list.MayStartAsync(run));
        }
        catch
        {
            _askedAt = null;
            throw;
        }
    }
}
