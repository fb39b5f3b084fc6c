using System.Diagnostics.CodeAnalysis;

namespace Granary.Engine.Market;

/// <summary>The length of a bar: 1m 3m 5m 15m 30m 1h 4h 1d 1w.</summary>
public readonly record struct Timeframe
{
    private readonly string? _name;

    private Timeframe(string name, long ticks)
    {
        _name = name;
        Ticks = ticks;
    }

    public static readonly Timeframe M1 = new("1m", TimeSpan.TicksPerMinute);
    public static readonly Timeframe M3 = new("3m", 3 * TimeSpan.TicksPerMinute);
    public static readonly Timeframe M5 = new("5m", 5 * TimeSpan.TicksPerMinute);
    public static readonly Timeframe M15 = new("15m", 15 * TimeSpan.TicksPerMinute);
    public static readonly Timeframe M30 = new("30m", 30 * TimeSpan.TicksPerMinute);
    public static readonly Timeframe H1 = new("1h", TimeSpan.TicksPerHour);
    public static readonly Timeframe H4 = new("4h", 4 * TimeSpan.TicksPerHour);
    public static readonly Timeframe D1 = new("1d", TimeSpan.TicksPerDay);
    public static readonly Timeframe W1 = new("1w", 7 * TimeSpan.TicksPerDay);

    /// <summary>All timeframes, shortest first.</summary>
    public static IReadOnlyList<Timeframe> All { get; } = [M1, M3, M5, M15, M30, H1, H4, D1, W1];

    /// <summary>The nominal length in 100 ns ticks.</summary>
    public long Ticks { get; }

    public TimeSpan Duration => new(Ticks);

    public bool IsIntraday => Ticks < TimeSpan.TicksPerDay;

    public static bool TryParse(string? text, [NotNullWhen(true)] out Timeframe? timeframe)
    {
        timeframe = null;
        foreach (var t in All)
            if (string.Equals(t._name, text, StringComparison.Ordinal))
                timeframe = t;
        return timeframe is not null;
    }

    /// <exception cref="FormatException">Not one of <see cref="All"/>.</exception>
    public static Timeframe Parse(string text) =>
        TryParse(text, out var timeframe)
            ? timeframe.Value
            : throw new FormatException($"'{text}' is no timeframe; use one of {string.Join(' ', All)}");

    /// <summary>The open of the bar of this length that holds <paramref name="time"/>: days from midnight UTC, weeks from Monday.</summary>
    public long Floor(long time)
    {
        // 0001-01-01, tick zero, is a Monday, so that weeks need no offset.
        return time - time % Ticks;
    }

    public override string ToString() => _name ?? "none";
}
