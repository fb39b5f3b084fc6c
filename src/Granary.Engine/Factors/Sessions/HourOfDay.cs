using Granary.Engine.Factors.Kernels;

namespace Granary.Engine.Factors.Sessions;

/// <summary>The venue's wall clock at the bar's open.</summary>
[Factor("hour-of-day", "Hour of the venue's wall clock at the bar's open; .minute counts the minutes since midnight.", Lines = ",minute",
    Formula = "hour and minute of the bar's open, in the time zone of the instrument's calendar", Source = "the calendar",
    Range = "0 … 23; .minute 0 … 1439")]
internal sealed class HourOfDay : FactorKernel
{
    private SessionClock _clock = null!;

    public override int WarmUp => 1;

    public override void Start() => _clock = new SessionClock(Series);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var hour = lines[0];
        var minute = lines[1];
        for (var i = 0; i < hour.Length;)
        {
            _clock.MoveTo(bars.Time[i]);
            var day = bars.Time.Slice(i, _clock.BarsOfDay(bars.Time[i..]));
            _clock.MinutesOfDay(day, minute[i..]);
            var end = i + day.Length;
            for (; i < end; i++) hour[i] = (int)minute[i] / 60;
        }
    }
}
