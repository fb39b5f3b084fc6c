namespace Granary.Data.Text;

/// <summary>Detects the style of a file's times from its first rows.</summary>
internal static class TimestampStyle
{
    /// <param name="samples">The time column of the first rows, in the file's order.</param>
    /// <param name="ambiguous">Set if month and day could be swapped and the order of the rows does not show it.</param>
    /// <returns>Null if the first sample has no known style.</returns>
    public static DateStyle? Detect(IReadOnlyList<byte[]> samples, out bool ambiguous)
    {
        ambiguous = false;
        if (samples.Count == 0) return null;
        ReadOnlySpan<byte> first = samples[0];
        var digits = 0;
        while (digits < first.Length && (uint)(first[digits] - '0') <= 9) digits++;
        if (digits == first.Length || digits is 5 or 9 or 10 && first[digits] == '.')
        {
            DateStyle? epoch = digits switch
            {
                5 => DateStyle.SerialDays,
                9 or 10 => DateStyle.EpochSeconds,
                12 or 13 => DateStyle.EpochMilliseconds,
                15 or 16 => DateStyle.EpochMicroseconds,
                18 or 19 => DateStyle.EpochNanoseconds,
                8 or 14 => DateStyle.Compact,
                _ => null,
            };
            return epoch is { } e && new TimestampReader(e).TryRead(first, out _) ? e : null;
        }
        if (digits == 8) return Works(DateStyle.Compact, first);
        if (digits == 4) return Works(DateStyle.YearFirst, first);
        if (first.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var letter && letter >= 0
            && Works(DateStyle.MonthName, first) is { } named) return named;
        if (digits is not (1 or 2)) return null;

        var monthFirst = All(DateStyle.MonthFirst, samples, out var monthFirstOrdered);
        var dayFirst = All(DateStyle.DayFirst, samples, out var dayFirstOrdered);
        if (monthFirst && !dayFirst) return DateStyle.MonthFirst;
        if (dayFirst && !monthFirst) return DateStyle.DayFirst;
        if (!monthFirst)
        {
            // At least one row fits neither; the parser reports it.
            return Works(DateStyle.MonthFirst, first) ?? Works(DateStyle.DayFirst, first);
        }
        if (monthFirstOrdered != dayFirstOrdered) return monthFirstOrdered ? DateStyle.MonthFirst : DateStyle.DayFirst;
        ambiguous = true;
        return first[digits] == '.' ? DateStyle.DayFirst : DateStyle.MonthFirst;
    }

    private static DateStyle? Works(DateStyle style, ReadOnlySpan<byte> text) =>
        new TimestampReader(style).TryRead(text, out _) ? style : null;

    private static bool All(DateStyle style, IReadOnlyList<byte[]> samples, out bool ordered)
    {
        var reader = new TimestampReader(style);
        ordered = true;
        var direction = 0;
        long previous = 0;
        for (var i = 0; i < samples.Count; i++)
        {
            if (!reader.TryRead(samples[i], out var t)) return false;
            if (i > 0)
            {
                var step = t.LocalTicks.CompareTo(previous);
                if (i == 1) direction = step;
                if (step == 0 || step != direction) ordered = false;
            }
            previous = t.LocalTicks;
        }
        return true;
    }
}
