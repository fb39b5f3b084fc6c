using System.Buffers.Binary;
using System.Globalization;

namespace Granary.Data.Text;

/// <summary>
/// Parses times of one style from bytes without allocation. It caches the last date, because the next row often has the same.
/// </summary>
internal sealed class TimestampReader(DateStyle style)
{
    /// <summary>Years outside of these are misread units or typing errors.</summary>
    public const int FirstYear = 1600, LastYear = 2199;

    // 1 January 1970 and 31 December 2199.
    private const int FirstSerial = 25_569, LastSerial = 109_574;
    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    private static readonly int EarliestDay = new DateOnly(FirstYear, 1, 1).DayNumber;
    private static readonly int LatestDay = new DateOnly(LastYear, 12, 31).DayNumber;
    private static readonly int[] DaysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

    private ulong _cachedKey;
    private ushort _cachedTail;
    private int _cachedDay = -1;
    private bool? _colons;

    public DateStyle Style => style;

    /// <summary>The day of <see cref="DateStyle.MillisecondsOfDay"/>, as days since 0001-01-01.</summary>
    public int BaseDay { get; init; }

    /// <summary>The latest year that two digits stand for: with 2026, 68 is 1968 and 26 is 2026.</summary>
    public int LatestYear { get; init; } = 2069;

    /// <summary>Whether counts from 1970 may lie before 1971. Otherwise such a count has a different unit than the rows above.</summary>
    public bool BeforeEpoch { get; init; }

    /// <summary>The name of the zone that follows each time, such as "US/Eastern"; empty for none.</summary>
    public byte[] ZoneName { get; init; } = [];

    /// <summary>Whether years outside of the limits are read too, so their fault can be named.</summary>
    public bool AnyYear { get; init; }

    /// <summary>Whether a day above 12 was read, so day and month cannot be swapped.</summary>
    public bool OrderConfirmed { get; private set; }

    /// <summary>The earliest and the latest year that were written with two digits; null if none was.</summary>
    public (int First, int Last)? ShortYears { get; private set; }

    /// <returns>False where the text is not a time of this style.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, out Timestamp timestamp)
    {
        if (style is DateStyle.EpochSeconds or DateStyle.EpochMilliseconds or DateStyle.EpochMicroseconds or DateStyle.EpochNanoseconds
            or DateStyle.MillisecondsOfDay or DateStyle.SerialDays) return TryCount(text, out timestamp);
        timestamp = default;
        if (!TryDate(text, out var day, out var used)) return false;
        if (used == text.Length)
        {
            timestamp = new Timestamp(day, 0, HasTime: false, ZoneStyle.None, 0);
            return true;
        }
        var rest = text[used..];
        if (rest.Length == 9 && rest[0] == ' ' && TimeOfDayText.TryRead(rest[1..], out var plain, out used) && used == 8
            && SameSpelling(rest[1..]))
        {
            timestamp = new Timestamp(day, plain, HasTime: true, ZoneStyle.None, 0);
            return true;
        }
        if (rest.Length == 10 && rest[9] == 'Z' && rest[0] is (byte)'T' or (byte)' ' && ZoneName.Length == 0
            && TimeOfDayText.TryRead(rest[1..9], out plain, out used) && used == 8 && SameSpelling(rest[1..9]))
        {
            timestamp = new Timestamp(day, plain, HasTime: true, ZoneStyle.Zulu, 0);
            return true;
        }
        if (ZoneName.Length > 0)
        {
            if (!rest.EndsWith(ZoneName)) return false;
            rest = rest[..^ZoneName.Length].TrimEnd((byte)' ');
            if (rest.Length == 0) return TryDateWithZone(" "u8, day, out timestamp);
        }
        // Interactive Brokers writes UTC as 20231115-09:30:00, as FIX does.
        var fix = style == DateStyle.Compact && rest.Length > 3 && rest[0] == '-' && rest[3] == ':';
        if (rest[0] == ' ') rest = rest.TrimStart((byte)' ');
        else if (fix || rest[0] is (byte)'T' or (byte)'t' or (byte)';') rest = rest[1..];
        else if (style != DateStyle.Compact || (uint)(rest[0] - '0') > 9) return TryDateWithZone(rest, day, out timestamp);
        if (!TimeOfDayText.TryRead(rest, out var time, out used)) return TryDateWithZone(rest, day, out timestamp);
        if (!SameSpelling(rest)) return false;
        if (!TryZone(rest[used..], out var zone, out var offset)) return false;
        timestamp = new Timestamp(day, time, HasTime: true, fix && zone == ZoneStyle.None ? ZoneStyle.Zulu : zone, offset);
        return true;
    }

    private bool TryDate(ReadOnlySpan<byte> text, out int day, out int used)
    {
        day = used = 0;
        switch (style)
        {
            case DateStyle.YearFirst:
                if (text.Length < 8) return false;
                if (text.Length < 10) return TryYearFirst(text, out day, out used);
                var key = BinaryPrimitives.ReadUInt64LittleEndian(text);
                var tail = BinaryPrimitives.ReadUInt16LittleEndian(text[8..]);
                if (key == _cachedKey && tail == _cachedTail && _cachedDay >= 0)
                {
                    (day, used) = (_cachedDay, 10);
                    return true;
                }
                if (!TryYearFirst(text, out day, out used)) return false;
                if (used == 10) (_cachedKey, _cachedTail, _cachedDay) = (key, tail, day);
                return true;
            case DateStyle.Compact:
                if (text.Length < 8) return false;
                used = 8;
                var compact = BinaryPrimitives.ReadUInt64LittleEndian(text);
                if (compact != _cachedKey || _cachedDay < 0)
                {
                    if (!TryCompact(text, out day)) return false;
                    (_cachedKey, _cachedDay) = (compact, day);
                }
                day = _cachedDay;
                return true;
            case DateStyle.MonthName:
                return TryMonthName(text, out day, out used);
            default:
                return TryDayAndMonth(text, out day, out used);
        }
    }

    /// <summary>Reads a time of day from its own column, in which all have colons or none.</summary>
    public bool TryReadTimeOfDay(ReadOnlySpan<byte> text, out long ticks) =>
        TimeOfDayText.TryRead(text, out ticks, out var used) && used == text.Length && SameSpelling(text);

    // A missing colon turns "09:30:00" into "0900"; in a file with colons that is damage, not a time.
    private bool SameSpelling(ReadOnlySpan<byte> time)
    {
        var colons = time.Length > 2 && (time[1] == ':' || time[2] == ':');
        _colons ??= colons;
        return _colons == colons;
    }

    // Some tools append a zone to a date without time.
    private bool TryDateWithZone(ReadOnlySpan<byte> rest, int day, out Timestamp timestamp)
    {
        if (ZoneName.Length > 0)
        {
            timestamp = new Timestamp(day, 0, HasTime: false, ZoneStyle.None, 0);
            return rest.SequenceEqual(" "u8);
        }
        timestamp = default;
        if (rest.Length == 0 || !TryZone(rest, out var zone, out var offset) || zone == ZoneStyle.None) return false;
        timestamp = new Timestamp(day, 0, HasTime: false, zone, offset);
        return true;
    }

    private bool TryYearFirst(ReadOnlySpan<byte> s, out int day, out int used)
    {
        day = used = 0;
        if (!TimeOfDayText.TryDigits(s[..4], out var year)) return false;
        var separator = s[4];
        if (separator is not ((byte)'-' or (byte)'/' or (byte)'.')) return false;
        var i = 5;
        if (!TryOneOrTwo(s, ref i, out var month) || i >= s.Length || s[i] != separator) return false;
        i++;
        if (!TryOneOrTwo(s, ref i, out var dayOfMonth)) return false;
        used = i;
        return TryDay(year, month, dayOfMonth, out day);
    }

    private bool TryCompact(ReadOnlySpan<byte> s, out int day)
    {
        day = 0;
        return TimeOfDayText.TryDigits(s[..4], out var year) && TimeOfDayText.TryDigits(s.Slice(4, 2), out var month)
            && TimeOfDayText.TryDigits(s.Slice(6, 2), out var dayOfMonth)
            && TryDay(year, month, dayOfMonth, out day);
    }

    private bool TryDayAndMonth(ReadOnlySpan<byte> s, out int day, out int used)
    {
        day = used = 0;
        var i = 0;
        if (!TryOneOrTwo(s, ref i, out var first) || i >= s.Length) return false;
        var separator = s[i];
        if (separator is not ((byte)'-' or (byte)'/' or (byte)'.')) return false;
        i++;
        if (!TryOneOrTwo(s, ref i, out var second) || i >= s.Length || s[i] != separator) return false;
        i++;
        if (!TryYear(s, ref i, out var year)) return false;
        used = i;
        var (month, dayOfMonth) = style == DateStyle.MonthFirst ? (first, second) : (second, first);
        if (!TryDay(year, month, dayOfMonth, out day)) return false;
        if (dayOfMonth > 12) OrderConfirmed = true;
        return true;
    }

    // "03-Jan-2017", "3 January 2017", "Jan 3, 2017"
    private bool TryMonthName(ReadOnlySpan<byte> s, out int day, out int used)
    {
        day = used = 0;
        var i = 0;
        int month, dayOfMonth;
        if (s.Length > 0 && (uint)(s[0] - '0') <= 9)
        {
            if (!TryOneOrTwo(s, ref i, out dayOfMonth) || !SkipBreak(s, ref i) || !TryMonth(s, ref i, out month)) return false;
        }
        else if (!TryMonth(s, ref i, out month) || !SkipBreak(s, ref i) || !TryOneOrTwo(s, ref i, out dayOfMonth))
        {
            return false;
        }
        if (!SkipBreak(s, ref i) || !TryYear(s, ref i, out var year)) return false;
        used = i;
        return TryDay(year, month, dayOfMonth, out day);
    }

    private static bool SkipBreak(ReadOnlySpan<byte> s, ref int i)
    {
        var start = i;
        while (i < s.Length && s[i] is (byte)'-' or (byte)' ' or (byte)',' or (byte)'/' or (byte)'.') i++;
        return i > start;
    }

    private static bool TryMonth(ReadOnlySpan<byte> s, ref int i, out int month)
    {
        month = 0;
        var start = i;
        while (i < s.Length && (uint)((s[i] | 0x20) - 'a') < 26) i++;
        var length = i - start;
        if (length is < 3 or > 9) return false;
        Span<char> word = stackalloc char[9];
        for (var k = 0; k < length; k++) word[k] = (char)(s[start + k] | 0x20);
        var names = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames;
        for (var m = 0; m < 12; m++)
        {
            if (length == 3 ? names[m].AsSpan(0, 3).Equals(word[..3], StringComparison.OrdinalIgnoreCase)
                    : names[m].AsSpan().Equals(word[..length], StringComparison.OrdinalIgnoreCase))
                month = m + 1;
        }
        return month > 0;
    }

    private bool TryCount(ReadOnlySpan<byte> s, out Timestamp timestamp)
    {
        timestamp = default;
        var n = 0L;
        var negative = BeforeEpoch && s.Length > 0 && s[0] == '-';
        if (negative) s = s[1..];
        var i = 0;
        for (; i < s.Length && (uint)(s[i] - '0') <= 9; i++)
        {
            if (i == 19) return false;
            n = n * 10 + (s[i] - '0');
        }
        if (i == 0) return false;
        var fractionTicks = 0L;
        if (i < s.Length)
        {
            // A float column of seconds, "1509836520.0", or Excel's fraction of a day.
            if (style == DateStyle.SerialDays) return TrySerial(s, out timestamp);
            if (style != DateStyle.EpochSeconds || s[i] != '.' || !TimeOfDayText.TryFraction(s[(i + 1)..], out fractionTicks)) return false;
        }
        long ticks;
        switch (style)
        {
            case DateStyle.SerialDays:
                return TrySerial(s, out timestamp);
            case DateStyle.MillisecondsOfDay:
                if (n >= TimeSpan.TicksPerDay / TimeSpan.TicksPerMillisecond) return false;
                timestamp = new Timestamp(BaseDay, n * TimeSpan.TicksPerMillisecond, HasTime: true, ZoneStyle.None, 0);
                return true;
            case DateStyle.EpochSeconds:
                if (n > 100_000_000_000) return false;
                ticks = n * TimeSpan.TicksPerSecond + fractionTicks;
                break;
            case DateStyle.EpochMilliseconds:
                if (n > 100_000_000_000_000) return false;
                ticks = n * TimeSpan.TicksPerMillisecond;
                break;
            case DateStyle.EpochMicroseconds:
                if (n > 100_000_000_000_000_000) return false;
                ticks = n * TimeSpan.TicksPerMicrosecond;
                break;
            default:
                ticks = n / 100;
                break;
        }
        var time = EpochDay * TimeSpan.TicksPerDay + (negative ? -ticks : ticks);
        if (time < 0) return false;
        var day = (int)(time / TimeSpan.TicksPerDay);
        // From 1 January 1971 to the end of 2199: an epoch in the wrong unit is outside of this range.
        if (day < (BeforeEpoch ? EarliestDay : EpochDay + 365) || day > LatestDay) return false;
        timestamp = new Timestamp(day, time % TimeSpan.TicksPerDay, HasTime: true, ZoneStyle.Zulu, 0);
        return true;
    }

    // Only from 1970 on, because a lower number may count days since 1970. Spreadsheets truncate the fraction, so the time is rounded to a
    // minute.
    private static bool TrySerial(ReadOnlySpan<byte> s, out Timestamp timestamp)
    {
        timestamp = default;
        if (!DecimalNumber.TryParse(s, 0, out var serial, out _) || s.IndexOfAnyExcept("0123456789."u8) >= 0) return false;
        var minutes = (long)Math.Round(serial * (TimeSpan.TicksPerDay / TimeSpan.TicksPerMinute));
        var day = minutes / (TimeSpan.TicksPerDay / TimeSpan.TicksPerMinute);
        if (day is < FirstSerial or > LastSerial) return false;
        var time = minutes * TimeSpan.TicksPerMinute - day * TimeSpan.TicksPerDay;
        timestamp = new Timestamp((int)day - FirstSerial + EpochDay, time, HasTime: s.Contains((byte)'.'), ZoneStyle.None, 0);
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> s, out ZoneStyle zone, out int offsetMinutes)
    {
        zone = ZoneStyle.None;
        offsetMinutes = 0;
        s = s.TrimStart((byte)' ');
        if (s.Length == 0) return true;
        if (ZoneAbbreviation.TryOffset(s, out offsetMinutes))
        {
            zone = ZoneStyle.Offset;
            return true;
        }
        if (s.Length == 1 && (s[0] | 0x20) == 'z' || s.SequenceEqual("UTC"u8) || s.SequenceEqual("GMT"u8))
        {
            zone = ZoneStyle.Zulu;
            return true;
        }
        // Dukascopy writes "GMT+0100".
        if (s.Length > 3 && s[3] is (byte)'+' or (byte)'-' && (s.StartsWith("GMT"u8) || s.StartsWith("UTC"u8))) s = s[3..];
        if (s.SequenceEqual("+00:00"u8))
        {
            zone = ZoneStyle.Offset;
            return true;
        }
        if (s[0] is not ((byte)'+' or (byte)'-')) return false;
        var negative = s[0] == '-';
        s = s[1..];
        int hours, minutes = 0;
        if (s.Length < 2 || !TimeOfDayText.TryDigits(s[..2], out hours)) return false;
        s = s[2..];
        if (s.Length > 0 && s[0] == ':') s = s[1..];
        if (s.Length == 2)
        {
            if (!TimeOfDayText.TryDigits(s, out minutes)) return false;
        }
        else if (s.Length != 0)
        {
            return false;
        }
        if (hours > 14 || minutes > 59) return false;
        zone = ZoneStyle.Offset;
        offsetMinutes = (hours * 60 + minutes) * (negative ? -1 : 1);
        return true;
    }

    private bool TryYear(ReadOnlySpan<byte> s, ref int i, out int year)
    {
        year = 0;
        var start = i;
        while (i < s.Length && i - start < 5 && (uint)(s[i] - '0') <= 9) i++;
        if (!TimeOfDayText.TryDigits(s[start..i], out year)) return false;
        if (i - start != 2) return i - start == 4;
        year += LatestYear / 100 * 100;
        if (year > LatestYear) year -= 100;
        var (first, last) = ShortYears ?? (year, year);
        ShortYears = (Math.Min(first, year), Math.Max(last, year));
        return true;
    }

    private static bool TryOneOrTwo(ReadOnlySpan<byte> s, ref int i, out int value)
    {
        value = 0;
        if (i >= s.Length || (uint)(s[i] - '0') > 9) return false;
        value = s[i++] - '0';
        if (i < s.Length && (uint)(s[i] - '0') <= 9) value = value * 10 + s[i++] - '0';
        return true;
    }

    private bool TryDay(int year, int month, int dayOfMonth, out int day)
    {
        day = 0;
        if (year is < FirstYear or > LastYear && !(AnyYear && year is > 0 and <= 9999) || month is < 1 or > 12 || dayOfMonth < 1)
            return false;
        var leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        var length = DaysBeforeMonth[month] - DaysBeforeMonth[month - 1] + (leap && month == 2 ? 1 : 0);
        if (dayOfMonth > length) return false;
        var y = year - 1;
        day = y * 365 + y / 4 - y / 100 + y / 400 + DaysBeforeMonth[month - 1] + (leap && month > 2 ? 1 : 0) + dayOfMonth - 1;
        return true;
    }
}
