namespace Granary.Data.Text;

/// <summary>Parses times of day from bytes without allocation.</summary>
internal static class TimeOfDayText
{
    /// <summary>Parses a time of day: 9:30, 09:30:00, 09:30:00.123456, 9:30 PM, 0930, 093000, 093000123.</summary>
    /// <param name="ticks">Since midnight.</param>
    /// <param name="used">The length of the time in bytes; more text may follow.</param>
    public static bool TryRead(ReadOnlySpan<byte> s, out long ticks, out int used)
    {
        if (TryPlain(s, out ticks))
        {
            used = 8;
            return true;
        }
        used = 0;
        var digits = 0;
        while (digits < s.Length && digits < 10 && (uint)(s[digits] - '0') <= 9) digits++;
        int hour, minute, second, end;
        long fraction;
        if (digits is 1 or 2 ? !TryWithColons(s, digits, out hour, out minute, out second, out fraction, out end)
            : !TryWithoutColons(s, digits, out hour, out minute, out second, out fraction, out end)) return false;
        if (!TryHalfOfDay(s, ref hour, ref end) || hour > 23 || minute > 59 || second > 59) return false;
        ticks = (hour * 3600L + minute * 60L + second) * TimeSpan.TicksPerSecond + fraction;
        used = end;
        return true;
    }

    /// <summary>Parses 1 to 9 digits of a second; digits beyond a tick are truncated.</summary>
    public static bool TryFraction(ReadOnlySpan<byte> s, out long ticks)
    {
        ticks = 0;
        if (s.Length is 0 or > 9) return false;
        for (var i = 0; i < 7; i++)
        {
            var d = 0;
            if (i < s.Length)
            {
                d = s[i] - '0';
                if ((uint)d > 9) return false;
            }
            ticks = ticks * 10 + d;
        }
        for (var i = 7; i < s.Length; i++)
            if ((uint)(s[i] - '0') > 9) return false;
        return true;
    }

    /// <summary>Parses a text that consists only of digits.</summary>
    public static bool TryDigits(ReadOnlySpan<byte> s, out int value)
    {
        value = 0;
        if (s.Length == 0) return false;
        foreach (var c in s)
        {
            var d = c - '0';
            if ((uint)d > 9) return false;
            value = value * 10 + d;
        }
        return true;
    }

    // A fast path for 09:30:00, by far the most frequent form.
    private static bool TryPlain(ReadOnlySpan<byte> s, out long ticks)
    {
        ticks = 0;
        if (s.Length != 8 || s[2] != ':' || s[5] != ':') return false;
        int h1 = s[0] - '0', h2 = s[1] - '0', m1 = s[3] - '0', m2 = s[4] - '0', s1 = s[6] - '0', s2 = s[7] - '0';
        var hours = h1 * 10 + h2;
        if ((uint)h1 > 2 || (uint)h2 > 9 || hours > 23 || (uint)m1 > 5 || (uint)m2 > 9 || (uint)s1 > 5 || (uint)s2 > 9) return false;
        ticks = (hours * 3600 + (m1 * 10 + m2) * 60 + s1 * 10 + s2) * TimeSpan.TicksPerSecond;
        return true;
    }

    // 9:30, 09:30:00, 09:30:00.123456
    private static bool TryWithColons(ReadOnlySpan<byte> s, int digits, out int hour, out int minute, out int second, out long fraction,
        out int end)
    {
        (hour, minute, second, fraction, end) = (0, 0, 0, 0, digits);
        if (end >= s.Length || s[end] != ':') return false;
        hour = digits == 1 ? s[0] - '0' : (s[0] - '0') * 10 + s[1] - '0';
        end++;
        if (end + 2 > s.Length || !TryDigits(s.Slice(end, 2), out minute)) return false;
        end += 2;
        if (end >= s.Length || s[end] != ':') return true;
        end++;
        if (end + 2 > s.Length || !TryDigits(s.Slice(end, 2), out second)) return false;
        end += 2;
        if (end >= s.Length || s[end] is not ((byte)'.' or (byte)',')) return true;
        var start = ++end;
        while (end < s.Length && (uint)(s[end] - '0') <= 9) end++;
        return TryFraction(s[start..end], out fraction);
    }

    // 0930, 093000, 093000123
    private static bool TryWithoutColons(ReadOnlySpan<byte> s, int digits, out int hour, out int minute, out int second,
        out long fraction, out int end)
    {
        (hour, minute, second, fraction, end) = (0, 0, 0, 0, digits);
        if (digits is not (4 or 6 or 9)) return false;
        _ = TryDigits(s[..2], out hour);
        _ = TryDigits(s.Slice(2, 2), out minute);
        if (digits >= 6) _ = TryDigits(s.Slice(4, 2), out second);
        if (digits == 9) _ = TryFraction(s.Slice(6, 3), out fraction);
        return true;
    }

    // AM or PM after the time, after at most one blank.
    private static bool TryHalfOfDay(ReadOnlySpan<byte> s, ref int hour, ref int end)
    {
        var at = end < s.Length && s[end] == ' ' ? end + 1 : end;
        if (at + 2 > s.Length || (s[at + 1] | 0x20) != 'm' || (s[at] | 0x20) is not ('a' or 'p')) return true;
        if (hour is < 1 or > 12) return false;
        hour = hour % 12 + ((s[at] | 0x20) == 'p' ? 12 : 0);
        end = at + 2;
        return true;
    }
}
