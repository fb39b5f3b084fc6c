using Granary.Engine.Factors.Kernels;

namespace Granary.Engine.Factors.Sessions;

/// <summary>The venue's day of the week.</summary>
[Factor("day-of-week", "Day of the week at the venue: 1 = Monday … 7 = Sunday.", Formula = "ISO 8601 weekday of the bar's local day",
    Source = "the calendar", Range = "1 … 7")]
internal sealed class DayOfWeekFactor : FactorKernel
{
    private SessionClock _clock = null!;

    public override int WarmUp => 1;

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Count;)
        {
            _clock.MoveTo(bars.Time[i]);
            var count = _clock.BarsOfDay(bars.Time[i..]);
            // Day 0, 0001-01-01, is a Monday.
            lines[0].Slice(i, count).Fill(_clock.Day % 7 + 1);
            i += count;
        }
    }
}
