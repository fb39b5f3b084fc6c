namespace Granary.Engine.Analysis;

/// <summary>
/// Counts the periods per year of a record whose times stream by, in constant memory. The result does not depend on how the times are split
/// into blocks.
/// </summary>
/// <remarks>
/// A daily record counts its sessions by day of the week. Five sessions a week are 252 a year and seven are 365, by convention. A sixth on
/// Saturday or Sunday, such as the Sunday evening of futures and currencies, adds its rows to the 252. Any other number of sessions a week,
/// and any record that misses more than a fifth of its sessions, is counted as it is, in years of 365.25 days. Longer steps are counted
/// from their mean; a result close to weeks, months, quarters or years is 52, 12, 4 or 1.
/// </remarks>
/// <param name="isIntraday">Whether a day has several rows; null to tell by the median step.</param>
internal sealed class PeriodCounter(bool? isIntraday = null)
{
    private const double Year = 365.25;
    private const int Saturday = 5, Sunday = 6;

    // A longer step of a daily record is a hole, whose days are not missing sessions.
    private const int Week = 7;

    // A day of the week with rows in fewer than a third of the weeks has no sessions of its own.
    private const int WeeksForRegular = 3;

    // A record of fewer sessions may miss some of them for holidays.
    private const int SessionsForFill = 60, SessionsForWeek = 16;
    private const double LeastFill = 0.8;

    private static readonly double[] s_conventions = [52, 26, 24, 12, 6, 4, 2, 1];
    private const double NearConvention = 0.04;

    private readonly long[] _days = new long[7], _rows = new long[7], _possible = new long[7];
    private readonly SortedDictionary<long, long> _steps = [];
    private long _count, _short, _first, _last, _lastDay = -1;

    /// <summary>The number of rows.</summary>
    public long Rows => _count;

    /// <summary>UTC ticks of the first row; 0 without one.</summary>
    public long FirstTime => _first;

    /// <summary>UTC ticks of the last row; 0 without one.</summary>
    public long LastTime => _last;

    /// <param name="times">UTC ticks, strictly increasing, later than all that were added before.</param>
    public void Add(ReadOnlySpan<long> times)
    {
        if (times.Length == 0) return;
        if (_count == 0) _first = times[0];
        _count += times.Length;
        for (int i = 0, begin = 0; i < times.Length; begin = i)
        {
            var day = times[i] / TimeSpan.TicksPerDay;
            var next = (day + 1) * TimeSpan.TicksPerDay;
            while (i < times.Length && times[i] < next) i++;
            var ofWeek = (int)(day % 7); // tick zero is a Monday
            _rows[ofWeek] += i - begin;
            _short += i - begin - 1;
            if (day == _lastDay) _short++;
            else
            {
                if (_lastDay >= 0 && times[begin] - _last < 0.9 * TimeSpan.TicksPerDay) _short++;
                Next(day, ofWeek);
            }
            _last = times[i - 1];
        }
    }

    private void Next(long day, int ofWeek)
    {
        _days[ofWeek]++;
        if (_lastDay >= 0)
        {
            var step = day - _lastDay;
            _steps[step] = _steps.GetValueOrDefault(step) + 1;
            if (step <= Week)
                for (var missed = _lastDay + 1; missed < day; missed++)
                    _possible[missed % 7]++;
        }
        _possible[ofWeek]++;
        _lastDay = day;
    }

    /// <summary>Returns the count of the rows so far; more rows may be added afterwards.</summary>
    public PeriodCount Count()
    {
        if (_count < 2) return new PeriodCount(double.NaN, true, _count, 0, []);
        var isOfDays = isIntraday ?? _short > (_count - 1) / 2;
        var step = MedianStep();
        if (step < 2) return BySessions(isOfDays);
        var perYear = ByStep(step);
        var convention = s_conventions.FirstOrDefault(c => Math.Abs(perYear - c) <= NearConvention * c);
        if (convention > 0) perYear = convention;
        return new PeriodCount(isOfDays ? _count / (double)_days.Sum() * perYear : perYear, convention > 0, _count, 0, []);
    }

    // Days; 1 for a record of one day.
    private long MedianStep()
    {
        var left = (_days.Sum() - 1) / 2;
        foreach (var (step, times) in _steps)
        {
            if (left < times) return step;
            left -= times;
        }
        return 1;
    }

    private PeriodCount BySessions(bool isOfDays)
    {
        var isRegular = new bool[7];
        for (var d = 0; d < 7; d++) isRegular[d] = IsRegular(d);
        long days = 0, ofWeek = 0, rows = 0, possible = 0;
        for (var d = 0; d < 7; d++)
        {
            if (!isRegular[d]) continue;
            days += _days[d];
            rows += _rows[d];
            possible += _possible[d];
            if (d < Saturday) ofWeek += _days[d];
        }
        var (sessions, counted, isConvention) = (isRegular.Count(r => r), days, true);
        double year = 252;
        if (possible >= SessionsForFill && days < LeastFill * possible || sessions < 5 && possible >= SessionsForWeek)
            (year, isConvention) = (ByStep(1), false);
        else if (isRegular.AsSpan(0, Saturday).Contains(false)) year = Math.Max(5, sessions) * 252 / 5.0;
        else if (sessions == 7 && HasWeekends(ofWeek)) year = 365;
        else if (ofWeek > 0) counted = ofWeek;
        var perYear = (isOfDays ? rows : days) / (double)Math.Max(1, counted) * year;
        return new PeriodCount(perYear, isConvention, _count, _count - rows,
            [.. Enumerable.Range(0, 7).Where(d => isRegular[d]).Select(d => (DayOfWeek)((d + 1) % 7))]);
    }

    // A day of the week that the record covers at most once says little: weekdays then count, and a Sunday is like its Saturday.
    private bool IsRegular(int day)
    {
        if (day < Saturday) return _possible[day] < 2 || WeeksForRegular * _days[day] >= _possible[day];
        if (_possible[day] == 0) return day == Sunday && IsRegular(Saturday);
        return WeeksForRegular * _days[day] >= _possible[day] && (_days[day] > 1 || _possible[day] == 1);
    }

    // As many rows in as many weeks as on other days: not the evening or the night of a session of the week. Both days are taken
    // together, because a record that begins or ends within one of them has only a part of its session, and a short one may miss some.
    private bool HasWeekends(long ofWeek)
    {
        if (ofWeek == 0) return true;
        long possible = 0, rows = 0;
        for (var d = 0; d < Saturday; d++)
        {
            possible += _possible[d];
            rows += _rows[d];
        }
        double days = _days[Saturday] + _days[Sunday];
        return days / (_possible[Saturday] + _possible[Sunday]) >= LeastFill * ofWeek / possible
            && 2 * (_rows[Saturday] + _rows[Sunday]) / days >= rows / (double)ofWeek;
    }

    // Periods per year by the mean step. Holes are left out, and so are single rows between the others.
    private double ByStep(long median)
    {
        var longest = Math.Max(Week, 3 * median);
        var small = _steps.Where(s => 2 * s.Key < median).Sum(s => s.Value);
        var isStray = 5 * small < _days.Sum() - 1;
        long days = 0, steps = 0;
        foreach (var (step, times) in _steps)
        {
            if (step > longest || isStray && 2 * step < median) continue;
            days += step * times;
            steps += times;
        }
        return Year * steps / days;
    }
}
