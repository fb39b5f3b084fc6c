using System.Diagnostics.CodeAnalysis;

namespace Granary.Engine.Market;

/// <summary>The length of a bar: 1m 3m 5m 10m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w, or a calendar month, 1mo.</summary>
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
    public static readonly Timeframe M10 = new("10m", 10 * TimeSpan.TicksPerMinute);
    public static readonly Timeframe M15 = new("15m", 15 * TimeSpan.TicksPerMinute);
    public static readonly Timeframe M30 = new("30m", 30 * TimeSpan.TicksPerMinute);
    public static readonly Timeframe H1 = new("1h", TimeSpan.TicksPerHour);
    public static readonly Timeframe H2 = new("2h", 2 * TimeSpan.TicksPerHour);
    public static readonly Timeframe H4 = new("4h", 4 * TimeSpan.TicksPerHour);
    public static readonly Timeframe H6 = new("6h", 6 * TimeSpan.TicksPerHour);
    public static readonly Timeframe H8 = new("8h", 8 * TimeSpan.TicksPerHour);
    public static readonly Timeframe H12 = new("12h", 12 * TimeSpan.TicksPerHour);
    public static readonly Timeframe D1 = new("1d", TimeSpan.TicksPerDay);
    public static readonly Timeframe W1 = new("1w", 7 * TimeSpan.TicksPerDay);
    public static readonly Timeframe Mo1 = new("1mo", 31 * TimeSpan.TicksPerDay);

    /// <summary>All timeframes, shortest first.</summary>
    public static IReadOnlyList<Timeframe> All { get; } = [M1, M3, M5, M10, M15, M30, H1, H2, H4, H6, H8, H12, D1, W1, Mo1];

    /// <summary>The length in 100 ns ticks; of months, the longest. A bar's end is <see cref="CloseOf"/>.</summary>
    public long Ticks { get; }

    public TimeSpan Duration => new(Ticks);

    public bool IsIntraday => Ticks < TimeSpan.TicksPerDay;

    private bool IsMonth => Ticks > 7 * TimeSpan.TicksPerDay;

    /// <summary>Whether bars of this length are made of whole bars of another: of equal ones, or of shorter ones that divide it.</summary>
    public bool IsMultipleOf(Timeframe other) => IsMonth && !other.IsMonth ? TimeSpan.TicksPerDay % other.Ticks == 0
        : Ticks >= other.Ticks && Ticks % other.Ticks == 0;

    /// <summary>The time at which a bar that opens at <paramref name="open"/> is complete.</summary>
    public long CloseOf(long open) => IsMonth ? AddMonths(open, 1) : open + Ticks;

    /// <summary>The open of the bar that is complete at <paramref name="close"/>.</summary>
    public long OpenOf(long close) => IsMonth ? AddMonths(close, -1) : close - Ticks;

    // Times before the calendar's first year or after its last stand for no limit.
    private static long AddMonths(long time, int months) =>
        time < 31 * TimeSpan.TicksPerDay || time > DateTime.MaxValue.Ticks - 31 * TimeSpan.TicksPerDay
            ? time + months * 31 * TimeSpan.TicksPerDay : new DateTime(time).AddMonths(months).Ticks;

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
            : throw new FormatException($"'{text}' is not a timeframe; use one of {string.Join(' ', All)}");

    /// <summary>The open of the bar of this length that holds <paramref name="time"/>: days from midnight UTC, weeks from Monday, months
    /// from the first.</summary>
    public long Floor(long time)
    {
        // 0001-01-01, tick zero, is a Monday, so that weeks need no offset.
        if (!IsMonth) return time - time % Ticks;
        var day = new DateTime(time);
        return new DateTime(day.Year, day.Month, 1).Ticks;
    }

    public override string ToString() => _name ?? "none";
}
