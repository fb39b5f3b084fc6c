using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Sessions;

/// <summary>A Fourier term of the calendar.</summary>
[Factor("season", "Sine of the bar's place in a recurring period, such as 24 hours, a week of 168 or a year of 8766; .cos is its cosine.",
    Lines = ",cos", Formula = "sin(2π · harmonic · t / hours), t = hours from 1970-01-01 00:00 UTC to the bar's open; .cos with cos",
    Source = "Harvey and Shephard 1993", Range = "-1 … 1")]
internal sealed class Season([Range(1, 100_000)] int hours = 24, [Range(1, 100)] int harmonic = 1) : FactorKernel
{
    private readonly long _period = hours * TimeSpan.TicksPerHour;

    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var sine = lines[0];
        var cosine = lines[1];
        for (var i = 0; i < sine.Length; i++)
        {
            // The part of the period that has passed, in whole ticks, so that no bit depends on how far the year is.
            var passed = (bars.Time[i] - DateTime.UnixEpoch.Ticks) % _period * harmonic % _period;
            if (passed < 0) passed += _period;
            (sine[i], cosine[i]) = PortableTrigonometry.SinCos(2 * Math.PI * passed / _period);
        }
    }
}
