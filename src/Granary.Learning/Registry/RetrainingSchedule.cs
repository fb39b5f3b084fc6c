using Granary.Engine.Market;

namespace Granary.Learning.Registry;

/// <summary>
/// When something is learned again, and from how much of the past: at fixed spans of the calendar from a start on. Trainings of a batch,
/// of a walk-forward and the versions of a live session follow it.
/// </summary>
/// <param name="From">The first time, UTC ticks.</param>
/// <param name="Every">Between two times.</param>
/// <param name="Window">Of the past that is learned from; null = all of it.</param>
public sealed record RetrainingSchedule(long From, CalendarSpan Every, CalendarSpan? Window = null)
{
    /// <summary>A time of the schedule, UTC ticks.</summary>
    /// <param name="number">0 for the first.</param>
    public long TimeOf(int number) => Every.After(From, number);

    /// <summary>The first time of the schedule that is later than another one; all in UTC ticks.</summary>
    public long NextAfter(long time)
    {
        if (time < From) return From;
        // No month is longer than 31 days, so this number is not too high.
        var number = (int)((time - From) / (Every.Months * 31L * TimeSpan.TicksPerDay + Every.Ticks));
        while (TimeOf(number) <= time) number++;
        return TimeOf(number);
    }

    /// <summary>Where the past begins that is learned from at a time; null = at the first bar. UTC ticks.</summary>
    public long? WindowOf(long time) => Window?.After(time, -1);
}
