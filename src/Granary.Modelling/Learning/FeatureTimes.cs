using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Data.Reading;
using Granary.Engine;

namespace Granary.Modelling.Learning;

/// <summary>
/// Collects the times of a column, line by line. Dates such as 01/02/2013 are read both ways until the whole column decides the order of
/// day and month: by a number above 12, or by the order of the rows.
/// </summary>
/// <param name="sorted">Whether the rows are in the order of this column.</param>
internal sealed partial class FeatureTimes(string path, string column, DateOrder order, bool sorted)
{
    private const long Impossible = long.MinValue;

    private readonly List<long> _dayFirst = [], _monthFirst = [];
    private (int Line, string Text) _ambiguous, _noDay, _noMonth;

    public int Count => _dayFirst.Count;

    /// <summary>Whether the column counts rows and has no times.</summary>
    public bool CountsRows => column.Length == 0 && Count > 0 && _dayFirst[0] < 1_000_000_000;

    /// <summary>
    /// Adds a time: ISO 8601 (UTC if it has no zone), a date of numbers with the year last, a date with the name of the month, or a Unix
    /// time in seconds, milliseconds, microseconds or nanoseconds.
    /// </summary>
    /// <exception cref="InputException">The text is not a time.</exception>
    public void Add(ReadOnlySpan<char> text, int line)
    {
        if (TryUnambiguous(text, out var ticks))
        {
            _dayFirst.Add(ticks);
            _monthFirst.Add(ticks);
            return;
        }
        if (YearLast().Match(text.ToString()) is not { Success: true } date)
            throw Fault(line, $"= '{text}' is not a time; write it as 2020-01-31 or 2020-01-31T15:30:00Z");
        var (first, second) = (date.Groups["first"].Value, date.Groups["second"].Value);
        var (year, time) = (date.Groups["year"].Value, date.Groups["time"].Value);
        var (day, month) = (Ticks(year, second, first, time), Ticks(year, first, second, time));
        if (day == Impossible && month == Impossible)
            throw Fault(line, $"= '{text}' is not a time; write it as 2020-01-31 or 2020-01-31T15:30:00Z");
        if (day == Impossible && _noDay.Text is null) _noDay = (line, text.ToString());
        if (month == Impossible && _noMonth.Text is null) _noMonth = (line, text.ToString());
        if (day != month && _ambiguous.Text is null) _ambiguous = (line, text.ToString());
        _dayFirst.Add(day);
        _monthFirst.Add(month);
    }

    /// <summary>UTC ticks of all lines.</summary>
    /// <exception cref="InputException">The order of day and month is unknown, or the lines contradict each other.</exception>
    public long[] ToTicks()
    {
        if (_noDay.Text is { } wide && _noMonth.Text is { } other)
            throw Fault(_noMonth.Line, $"= '{other}' has the day first, but '{wide}' in line {_noDay.Line} has the month first; write all "
                + "dates in one order, as 2020-01-31");
        if (order != DateOrder.Detect)
        {
            if ((order == DateOrder.DayFirst ? _noDay : _noMonth) is { Text: { } not, Line: var line })
                throw Fault(line, $"= '{not}' is no date with the {(order == DateOrder.DayFirst ? "day" : "month")} first; give --dates "
                    + (order == DateOrder.DayFirst ? "month-first" : "day-first"));
            return [.. order == DateOrder.DayFirst ? _dayFirst : _monthFirst];
        }
        if (_noDay.Text is not null) return [.. _monthFirst];
        if (_noMonth.Text is not null || _ambiguous.Text is null) return [.. _dayFirst];
        var (day, month) = (IsSorted(_dayFirst), IsSorted(_monthFirst));
        if (sorted && day != month) return [.. day ? _dayFirst : _monthFirst];
        throw Fault(_ambiguous.Line, $"= '{_ambiguous.Text}' can have the day or the month first, and no row of the column "
            + "decides it; give --dates day-first or --dates month-first, or write dates as 2020-01-31");
    }

    private bool TryUnambiguous(ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (column.Length == 0 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var index)
            && index < 1_000_000_000)
        {
            ticks = (long)index;
            return true;
        }
        if (text.Length == 8 && DateTimeOffset.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var compact))
        {
            ticks = compact.UtcTicks;
            return true;
        }
        if (text.Length is >= 9 and <= 19 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unix))
        {
            // Seconds until the year 5138, then milliseconds, microseconds and nanoseconds.
            var since = unix switch
            {
                < 100_000_000_000 => unix * TimeSpan.TicksPerSecond,
                < 100_000_000_000_000 => unix * TimeSpan.TicksPerMillisecond,
                < 100_000_000_000_000_000 => unix * TimeSpan.TicksPerMicrosecond,
                _ => unix / TimeSpan.NanosecondsPerTick,
            };
            ticks = DateTime.UnixEpoch.Ticks + since;
            return true;
        }
        return (YearFirst().IsMatch(text) || MonthName().IsMatch(text) && Year().IsMatch(text)) && TryParse(text, out ticks);
    }

    private static long Ticks(string year, string month, string day, string time) =>
        TryParse($"{year}-{month.PadLeft(2, '0')}-{day.PadLeft(2, '0')}{time}", out var ticks) ? ticks : Impossible;

    private static bool TryParse(ReadOnlySpan<char> text, out long ticks)
    {
        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        ticks = time.UtcTicks;
        return isTime;
    }

    private static bool IsSorted(List<long> times)
    {
        for (var i = 1; i < times.Count; i++)
            if (times[i] < times[i - 1])
                return false;
        return true;
    }

    private InputException Fault(int line, string fault) => new($"{path}, line {line}, column '{column}' {fault}");

    [GeneratedRegex(@"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}($|[T ])", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"^(\w+,? )?(\d{1,2}[-/. ]?)?[A-Za-z]{3,9}\.?[-/., ]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex MonthName();

    [GeneratedRegex(@"\d{4}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Year();

    // Two digits of a year do not tell it from a day.
    [GeneratedRegex(@"^(?<first>\d{1,2})[-/.](?<second>\d{1,2})[-/.](?<year>\d{4})(?<time>$|[T ].*$)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex YearLast();
}
