using System.Globalization;

namespace Granary.Notifications;

/// <summary>How many messages a channel may get. The notifications beyond it are collected into digests, and none is lost.</summary>
/// <param name="Every">Collect notifications for this long and send them as one message; null = send each one at once.</param>
/// <param name="Most">The maximum number of messages within <paramref name="Period"/>; null for no maximum.</param>
internal sealed record SendLimit(TimeSpan? Every, int? Most, TimeSpan Period)
{
    /// <summary>The largest <see cref="Most"/>.</summary>
    public const int Largest = 500;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromDays(7);

    /// <summary>The hours in which it gets only some events; null without any.</summary>
    public QuietHours? Quiet { get; init; }

    public static SendLimit None { get; } = new(null, null, default);

    /// <summary>Reads a length of time such as <c>15m</c>.</summary>
    /// <returns>Null if the text is not one from 1 s to 7 days.</returns>
    public static TimeSpan? ReadEvery(string text) =>
        text is [.. var digits, 's' or 'm' or 'h' or 'd']
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= 1_000_000
            && UnitOf(text[^1]) * n is var every && every >= Shortest && every <= Longest ? every : null;

    /// <summary>Returns the shortest text that <see cref="ReadEvery"/> reads as this length.</summary>
    public static string WriteEvery(TimeSpan every)
    {
        var unit = "dhms".First(u => every.Ticks % UnitOf(u).Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{every.Ticks / UnitOf(unit).Ticks}{unit}");
    }

    /// <summary>Reads a maximum such as <c>20/h</c>.</summary>
    /// <returns>Null if the text is not one.</returns>
    public static (int Most, TimeSpan Period)? ReadMost(string text) =>
        text is [.. var digits, '/', 'm' or 'h' or 'd'] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && n is >= 1 and <= Largest ? (n, UnitOf(text[^1])) : null;

    /// <summary>Returns <see cref="Most"/> as <see cref="ReadMost"/> reads it; null for no maximum.</summary>
    public string? WriteMost() =>
        Most is null ? null : string.Create(CultureInfo.InvariantCulture, $"{Most}/{"mhd".First(u => UnitOf(u) == Period)}");

    private static TimeSpan UnitOf(char unit) => unit switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };
}
