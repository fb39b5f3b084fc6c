using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Converts a written time to a bar's open time, according to the file's time zone and stamp.</summary>
internal sealed class BarClock
{
    // Two changes of daylight saving are further apart than this; rows of mixed time zones change more often.
    private const long LeastBetweenOffsetChanges = 20 * TimeSpan.TicksPerDay;

    private readonly Timeframe _timeframe;
    private readonly BarStamp _stamp;
    private readonly LocalClock? _zone;
    private readonly PeriodLabel _label;
    private ZoneStyle _style;
    private int _offset;
    private bool _has, _changed;
    private long _changedAt;

    public BarClock(Timeframe timeframe, BarStamp stamp, TimeZoneInfo? zone, PeriodLabel label)
    {
        _label = label;
        _timeframe = timeframe;
        _stamp = stamp;
        _zone = zone is null || zone.Equals(TimeZoneInfo.Utc) ? null : new LocalClock(zone);
    }

    /// <summary>Whether the open time of a bar is the time as it is written, if all times have the same zone.</summary>
    /// <param name="isUtc">Whether the times are written as UTC; otherwise without a zone.</param>
    public bool KeepsTimes(bool isUtc) => _timeframe.IsIntraday && _stamp == BarStamp.Open && (isUtc || _zone is null);

    /// <param name="previous">The row before's bar time.</param>
    /// <param name="fault">Description of the fault if the result is false.</param>
    public bool TryResolve(in Timestamp written, long previous, out long time, out string? fault)
    {
        fault = null;
        time = written.LocalTicks;
        if (!_has)
        {
            _has = true;
            _style = written.Zone;
            _offset = written.OffsetMinutes;
        }
        else if (written.Zone != _style)
        {
            fault = written.Zone == ZoneStyle.None ? "this time has no zone, those above have one"
                : "this time is in another zone than those above";
            return false;
        }
        else if (written.OffsetMinutes != _offset)
        {
            if (Math.Abs(written.OffsetMinutes - _offset) > 60 || _changed && Math.Abs(time - _changedAt) < LeastBetweenOffsetChanges)
            {
                fault = "this time is in another zone than those above";
                return false;
            }
            _offset = written.OffsetMinutes;
            _changed = true;
            _changedAt = time;
        }

        if (!_timeframe.IsIntraday)
        {
            // A date without a time is the local date, whatever the offset from UTC.
            if (_stamp == BarStamp.Close && written.HasTime) time--;
            // Two days reach from a Saturday into the week that it precedes, and half a day from an evening into the day or month.
            if (_label == PeriodLabel.Before) time += _timeframe == Timeframe.W1 ? 2 * TimeSpan.TicksPerDay : TimeSpan.TicksPerDay / 2;
            time -= time % TimeSpan.TicksPerDay;
            if (_stamp == BarStamp.Close || _label != PeriodLabel.Own) time = _timeframe.Floor(time);
            return true;
        }
        if (written.Zone != ZoneStyle.None) time -= written.OffsetMinutes * TimeSpan.TicksPerMinute;
        else if (_zone is not null && !_zone.TryToUtc(time, _stamp == BarStamp.Close && previous != long.MinValue
            ? _timeframe.CloseOf(previous) : previous, out time))
        {
            fault = $"this wall clock time does not exist in {_zone.Zone.Id}";
            return false;
        }
        if (_stamp == BarStamp.Close) time = _timeframe.OpenOf(time);
        return true;
    }
}
