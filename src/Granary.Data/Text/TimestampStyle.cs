using System.Globalization;
using System.Text;

namespace Granary.Data.Text;

/// <summary>Detects the style of a file's times from its first rows.</summary>
internal static class TimestampStyle
{
    /// <param name="samples">The time column of the first rows, in the file's order.</param>
    /// <param name="ambiguous">Set if month and day could be swapped and the order of the rows does not show it.</param>
    /// <param name="latestYear">See <see cref="TimestampReader.LatestYear"/>.</param>
    /// <returns>Null if the first sample has no known style.</returns>
    public static DateStyle? Detect(IReadOnlyList<byte[]> samples, out bool ambiguous, int latestYear = 2069)
    {
        ambiguous = false;
        if (samples.Count == 0) return null;
        if (ZoneName(samples[0]) is { Length: > 0 } zone)
            samples = [.. samples.Select(s => s.AsSpan().EndsWith(zone) ? s[..^zone.Length].AsSpan().TrimEnd((byte)' ').ToArray() : s)];
        ReadOnlySpan<byte> first = samples[0];
        if (EarlyEpoch(samples) is { } early) return early;
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

        var monthFirst = All(DateStyle.MonthFirst, samples, latestYear, out var monthFirstOrdered);
        var dayFirst = All(DateStyle.DayFirst, samples, latestYear, out var dayFirstOrdered);
        if (monthFirst && !dayFirst) return DateStyle.MonthFirst;
        if (dayFirst && !monthFirst) return DateStyle.DayFirst;
        if (!monthFirst)
        {
            // At least one row fits neither; the parser reports it.
            return Works(DateStyle.MonthFirst, first) ?? Works(DateStyle.DayFirst, first);
        }
        if (monthFirstOrdered != dayFirstOrdered) return monthFirstOrdered ? DateStyle.MonthFirst : DateStyle.DayFirst;
        var (months, days) = (Evenness(DateStyle.MonthFirst, samples, latestYear), Evenness(DateStyle.DayFirst, samples, latestYear));
        if (months != days) return months > days ? DateStyle.MonthFirst : DateStyle.DayFirst;
        ambiguous = true;
        return first[digits] == '.' ? DateStyle.DayFirst : DateStyle.MonthFirst;
    }

    /// <summary>The unit of counts from 1970 of which some are negative or lie in 1970; null if the times are written otherwise.</summary>
    /// <remarks>The largest count decides: its unit is the one that puts it between 1600 and 2199.</remarks>
    public static DateStyle? EarlyEpoch(IReadOnlyList<byte[]> samples)
    {
        var (largest, negative) = (0L, false);
        var counts = new List<long>(samples.Count);
        foreach (var sample in samples)
        {
            var text = sample.AsSpan();
            if (text.EndsWith(".0"u8)) text = text[..^2];
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
                || count == long.MinValue) return null;
            counts.Add(count);
            negative |= count < 0;
            largest = Math.Max(largest, Math.Abs(count));
        }
        if (!negative && !AreOf1970(counts)) return null;
        return largest switch
        {
            < 12_000_000_000 => DateStyle.EpochSeconds,
            < 12_000_000_000_000 => DateStyle.EpochMilliseconds,
            < 12_000_000_000_000_000 => DateStyle.EpochMicroseconds,
            _ => DateStyle.EpochNanoseconds,
        };
    }

    // Seconds that begin in 1970 and run in order: 86400, 172800, 259200. Times of day end at 235959; dates have 8 digits, Excel's days 5.
    private static bool AreOf1970(List<long> counts)
    {
        const long Year = 366 * 86_400;
        if (counts.Count < 2 || Math.Min(counts[0], counts[^1]) >= Year || Math.Max(counts[0], counts[^1]) is < 240_000 or > 1_000_000_000)
            return false;
        var up = counts[1] > counts[0];
        for (var i = 0; i < counts.Count; i++)
            if (counts[i] % 60 != 0 || IsCalendarDate(counts[i])
                || i > 0 && (counts[i] == counts[i - 1] || counts[i] > counts[i - 1] != up))
                return false;
        return true;
    }

    private static bool IsCalendarDate(long number) => number is >= 16_000_101 and <= 21_991_231
        && number / 100 % 100 is >= 1 and <= 12 && number % 100 is >= 1 and <= 31;

    /// <summary>
    /// The name of a time zone at the end of a time, as Interactive Brokers writes it ("20231115 09:30:00 US/Eastern"); empty for none.
    /// </summary>
    public static byte[] ZoneName(ReadOnlySpan<byte> time)
    {
        var blank = time.LastIndexOf((byte)' ');
        if (blank < 8 || time.Length - blank < 4 || !char.IsAsciiLetter((char)time[blank + 1])) return [];
        var name = time[(blank + 1)..];
        if (name.SequenceEqual("UTC"u8) || name.SequenceEqual("GMT"u8) || ZoneAbbreviation.TryOffset(name, out _)
            || name is [_, _, _, (byte)'+' or (byte)'-', ..]) return [];
        return TimeZoneInfo.TryFindSystemTimeZoneById(Encoding.UTF8.GetString(name), out _) ? name.ToArray() : [];
    }

    /// <summary>Whether a text is a date whose year lies outside of the limits of <see cref="TimestampReader"/>.</summary>
    public static bool IsOutsideOfYears(ReadOnlySpan<byte> text)
    {
        foreach (var style in (DateStyle[])[DateStyle.YearFirst, DateStyle.Compact, DateStyle.MonthFirst, DateStyle.DayFirst,
            DateStyle.MonthName])
            if (new TimestampReader(style) { AnyYear = true }.TryRead(text, out _) && !new TimestampReader(style).TryRead(text, out _))
                return true;
        return false;
    }

    // The share of steps from row to row that are one day, week or month, whichever is the most: days over a weekend are one.
    private static double Evenness(DateStyle style, IReadOnlyList<byte[]> samples, int latestYear)
    {
        var reader = new TimestampReader(style) { LatestYear = latestYear };
        var days = new SortedSet<int>();
        foreach (var sample in samples)
            if (reader.TryRead(sample, out var time)) days.Add(time.Day);
        int[] dates = [.. days];
        if (dates.Length < 2) return 0;
        var (daily, weekly, monthly) = (0, 0, 0);
        for (var i = 1; i < dates.Length; i++)
        {
            var (before, date) = (DateOnly.FromDayNumber(dates[i - 1]), DateOnly.FromDayNumber(dates[i]));
            var step = dates[i] - dates[i - 1];
            if (step == 1 || step == 3 && before.DayOfWeek == DayOfWeek.Friday) daily++;
            if (step == 7) weekly++;
            if (12 * date.Year + date.Month - 12 * before.Year - before.Month == 1 && step is >= 26 and <= 36) monthly++;
        }
        return Math.Max(daily, Math.Max(weekly, monthly)) / (dates.Length - 1.0);
    }

    private static DateStyle? Works(DateStyle style, ReadOnlySpan<byte> text) =>
        new TimestampReader(style).TryRead(text, out _) ? style : null;

    private static bool All(DateStyle style, IReadOnlyList<byte[]> samples, int latestYear, out bool ordered)
    {
        var reader = new TimestampReader(style) { LatestYear = latestYear };
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
