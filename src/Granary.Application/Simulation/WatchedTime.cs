namespace Granary.Application.Simulation;

/// <summary>
/// The time that has passed under somebody's eyes. A process that was suspended, as with its machine, or that got no processor, has not
/// given those whose time it measures: of what passed between two looks no more counts than <paramref name="most"/>.
/// </summary>
internal sealed class WatchedTime(TimeProvider clock, TimeSpan most)
{
    private long _looked = clock.GetTimestamp();
    private TimeSpan _passed;

    /// <summary>What has been watched by now, this look included.</summary>
    public TimeSpan Look()
    {
        var now = clock.GetTimestamp();
        var since = clock.GetElapsedTime(_looked, now);
        _looked = now;
        return _passed += since < most ? since : most;
    }
}
