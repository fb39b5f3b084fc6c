namespace Granary.Server.Schedules;

/// <summary>The due times of a schedule.</summary>
internal abstract class DueTimes
{
    /// <summary>Returns the first time after a given one, UTC; null if there is none.</summary>
    public abstract DateTimeOffset? After(DateTimeOffset time);

    /// <summary>Returns the next times after a given one, UTC.</summary>
    public IReadOnlyList<DateTimeOffset> After(DateTimeOffset time, int count)
    {
        var times = new List<DateTimeOffset>();
        while (times.Count < count && After(time) is { } next) times.Add(time = next);
        return times;
    }
}
