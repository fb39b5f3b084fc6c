using Granary.Engine.Market;

namespace Granary.Learning.Registry;

/// <summary>
/// The times of trainings and the range of data for each, at fixed calendar intervals from a start. Trainings of a batch, of a walk-forward
/// and of a live session follow it.
/// </summary>
/// <param name="From">The first time, UTC ticks.</param>
/// <param name="Every">The interval between two trainings.</param>
/// <param name="Window">The length of the training data; null = the complete past.</param>
internal sealed record RetrainingSchedule(long From, CalendarSpan Every, CalendarSpan? Window = null)
{
    /// <summary>Returns a time of the schedule, UTC ticks.</summary>
    /// <param name="number">0 for the first.</param>
    public long TimeOf(int number) => Every.After(From, number);

    /// <summary>Returns the first time of the schedule after a given time, UTC ticks.</summary>
    public long NextAfter(long time)
    {
        if (time < From) return From;
        // No month is longer than 31 days, so this number is a lower bound.
        var number = (int)((time - From) / (Every.Months * 31L * TimeSpan.TicksPerDay + Every.Ticks));
        while (TimeOf(number) <= time) number++;
        return TimeOf(number);
    }

    /// <summary>Returns the start of the training window at a time, UTC ticks; null = from the first bar.</summary>
    public long? WindowOf(long time) => Window?.After(time, -1);
}
