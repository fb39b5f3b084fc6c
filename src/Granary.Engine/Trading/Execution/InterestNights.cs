namespace Granary.Engine.Trading.Execution;

/// <summary>The nights whose interest an account bears: from its first bar to the bar at which another account takes over.</summary>
/// <param name="from">UTC ticks.</param>
/// <param name="until">UTC ticks.</param>
internal struct InterestNights(long from, long until = long.MaxValue)
{
    private long _paidTo = long.MinValue;
    private bool _hasEnded;

    /// <summary>The nights since the last call; false if there are none.</summary>
    /// <param name="time">Open time of a bar, UTC ticks.</param>
    /// <param name="nights">The days before the first and after the last night, as days since 0001-01-01.</param>
    public bool Next(long time, out (long From, long To) nights)
    {
        nights = default;
        if (!IsDue(time)) return false;
        _hasEnded = time >= until;
        var (before, day) = (_paidTo, time / TimeSpan.TicksPerDay);
        if (day <= before) return false;
        (nights, _paidTo) = ((before, day), day);
        return before != long.MinValue;
    }

    /// <summary>Whether <see cref="Next"/> has to see a bar: the first of a day, or the one at which another account takes over.</summary>
    /// <param name="time">Its open, UTC ticks.</param>
    public readonly bool IsDue(long time) => time >= from && !_hasEnded && (time >= until || time / TimeSpan.TicksPerDay > _paidTo);
}
