using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Data.Replay;

/// <summary>Kind of a replay speed.</summary>
internal enum ReplaySpeedKind
{
    /// <summary>No waits.</summary>
    AsFastAsPossible,

    /// <summary>The same wait before each time slice, whatever the market time between them.</summary>
    Fixed,

    /// <summary>Market time divided by a factor.</summary>
    Speed,
}

/// <summary>Replay speed, and the longest wait for a gap of the market.</summary>
/// <param name="Delay">The delay for <see cref="ReplaySpeedKind.Fixed"/>.</param>
/// <param name="Factor">The speed for <see cref="ReplaySpeedKind.Speed"/>: seconds of market time per second; 1 is real time.</param>
/// <param name="MaxGap">The longest wait between two time slices, as nights and weekends have them; null waits them out.</param>
internal sealed record ReplaySpeed(ReplaySpeedKind Kind, TimeSpan Delay, double Factor, TimeSpan? MaxGap)
{
    public static ReplaySpeed AsFastAsPossible { get; } = new(ReplaySpeedKind.AsFastAsPossible, TimeSpan.Zero, 1, null);

    public static ReplaySpeed RealTime(TimeSpan? maxGap = null) => Speed(1, maxGap);

    public static ReplaySpeed Every(TimeSpan delay) => new(ReplaySpeedKind.Fixed, delay, 1, null);

    public static ReplaySpeed Speed(double factor, TimeSpan? maxGap = null) => new(ReplaySpeedKind.Speed, TimeSpan.Zero, factor, maxGap);

    /// <summary>Returns the wait before a time slice that follows the previous one by <paramref name="gap"/> of market time.</summary>
    public TimeSpan Wait(TimeSpan gap)
    {
        switch (Kind)
        {
            case ReplaySpeedKind.AsFastAsPossible:
                return TimeSpan.Zero;
            case ReplaySpeedKind.Fixed:
                return Delay;
            default:
                var wait = new TimeSpan((long)Math.Min(long.MaxValue / 4, gap.Ticks / Factor));
                return MaxGap is { } most && wait > most ? most : wait;
        }
    }

    /// <summary>Parses asap, fixed:100ms, realtime or x60.</summary>
    /// <param name="maxGap">The longest wait, such as 1s, 500ms or 2m; null for none.</param>
    /// <exception cref="BarDataException">The text has none of these forms.</exception>
    public static ReplaySpeed Parse(string text, string? maxGap = null)
    {
        var most = maxGap is null ? (TimeSpan?)null : Duration(maxGap, "--max-gap");
        if (text == "asap") return AsFastAsPossible;
        if (text == "realtime") return RealTime(most);
        if (text.StartsWith("fixed:", StringComparison.Ordinal)) return Every(Duration(text["fixed:".Length..], "--pace fixed"));
        if (text.StartsWith('x') && double.TryParse(text.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture, out var factor)
            && factor > 0 && double.IsFinite(factor)) return Speed(factor, most);
        throw new BarDataException($"--pace {text} is not a replay speed; use asap, fixed:100ms, realtime or x60");
    }

    private static TimeSpan Duration(string text, string option)
    {
        foreach (var (unit, ticks) in new[] { ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
            ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour) })
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                    out var value) && value * ticks < TimeSpan.FromDays(40).Ticks)
            {
                return new TimeSpan((long)(value * ticks));
            }
        }
        throw new BarDataException($"{option} {text} is not a length of time below 40 days; write it as 100ms, 1s, 5m or 1h");
    }
}
