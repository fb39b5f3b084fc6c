using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Data.Reading;

/// <summary>
/// Receives parsed rows in file order, requires valid bars in strict order, and groups the requested ones into blocks.
/// </summary>
internal sealed class BarCollector
{
    private readonly long _from, _to;
    private readonly int _blockSize;
    private readonly bool _lenient;
    private readonly bool _withAdjusted;
    private readonly string[]? _further;
    private readonly Timeframe _timeframe;
    private BarColumns _current;
    private readonly long _leastStep;
    private long _last, _first;
    private long _firstCounted, _lastCounted;
    private int _direction;
    private int _decimals;
    private long _shortSteps;

    /// <param name="lenient">Whether reading continues after a faulty row, which the parser has reported.</param>
    public BarCollector(BarQuery query, int blockSize, bool withAdjusted, bool lenient = false)
    {
        _from = query.From ?? long.MinValue;
        _to = query.To ?? long.MaxValue;
        _timeframe = query.Timeframe;
        // The length of February.
        _leastStep = query.Timeframe == Timeframe.Mo1 ? 28 * TimeSpan.TicksPerDay : query.Timeframe.Ticks;
        _blockSize = blockSize;
        _withAdjusted = withAdjusted;
        _lenient = lenient;
        _further = query.Columns.Count == 0 ? null : [.. query.Columns];
        Further = new double[query.Columns.Count];
        _current = new BarColumns(blockSize, withAdjusted, _further);
    }

    /// <summary>The values of the further columns in the row that the parser reads, which it sets before it adds the row.</summary>
    public double[] Further { get; }

    /// <summary>The same as the values of a bar; null if no further column is read.</summary>
    public FurtherValues? FurtherOfRow => _further is null ? null : new FurtherValues(_further, [.. Further]);

    /// <summary>Rows before this time (UTC ticks) belong to another file of the market and are skipped.</summary>
    public long WindowFrom { get; set; } = long.MinValue;

    public long WindowTo { get; set; } = long.MaxValue;

    /// <summary>Factors for the adjusted close, if the file has no column for it.</summary>
    public Lean.LeanFactorFile? Factors { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsInWindow(long time) => time >= WindowFrom && time < WindowTo;

    public Timeframe Timeframe => _timeframe;

    /// <summary>Whether prices at or below zero are prices.</summary>
    public bool AllowsNegative { get; set; }

    /// <summary>Complete blocks, which the reader removes.</summary>
    public List<BarColumns> Completed { get; } = [];

    /// <summary>If set, valid rows are added here in the order of the file, and no blocks are built.</summary>
    public List<ParsedRow>? Gathered { get; init; }

    /// <summary>If set, the times as they were written are added here, one for each gathered row.</summary>
    public List<Timestamp>? Written { get; init; }

    /// <summary>Adds a row that <see cref="IsBar"/> accepted, whatever its time.</summary>
    public void Gather(in ParsedRow row)
    {
        Gathered!.Add(row);
        Rows++;
        _last = row.Time;
    }

    /// <summary>The number of valid rows, requested or not.</summary>
    public long Rows { get; private set; }

    /// <summary>The number of requested bars.</summary>
    public long Count { get; private set; }

    public long SkippedRows { get; set; }

    public long RowsWithoutVolume { get; set; }

    /// <summary>The number of rows of dividends and splits among the bars, which were passed over.</summary>
    public long ActionRows { get; set; }

    /// <summary>The number of rows whose high or low was widened by <see cref="TryWiden"/>.</summary>
    public long WidenedRows { get; set; }

    /// <summary>Whether the file runs from the newest bar to the oldest.</summary>
    public bool Descending => _direction < 0;

    public bool WeekendSeen { get; private set; }

    /// <summary>The largest number of decimals that a price needs, up to 9; -1 for more.</summary>
    public int PriceDecimals => _decimals > 9 ? -1 : _decimals;

    public long LastTime => Rows == 0 ? long.MinValue : _last;

    /// <summary>Whether most bars are closer together than the timeframe allows.</summary>
    public bool TooDense => Rows > 2 && _shortSteps * 2 > Rows - 1;

    /// <summary>The time between the first two rows, as text, for messages.</summary>
    public string TypicalStep { get; private set; } = "";

    /// <summary>Records the number of decimals that a price needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SeePrice(ulong mantissa, int decimals)
    {
        if (decimals > _decimals) SeeMoreDecimals(mantissa, decimals);
    }

    // Trailing zeros do not count.
    private void SeeMoreDecimals(ulong mantissa, int decimals)
    {
        if (_decimals > 9) return;
        while (decimals > _decimals && decimals - _decimals < 20 && mantissa % DecimalNumber.WholePowersOfTen[decimals - _decimals] != 0)
        {
            _decimals++;
            if (_decimals > 9) return;
        }
    }

    /// <summary>Whether a price needs no more decimals than those before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool KnowsDecimalsOf(double price)
    {
        if (_decimals > 9) return true;
        var power = DecimalNumber.PowersOfTen[_decimals];
        return Math.Round(price * power) / power == price;
    }

    /// <summary>Whether no price needs more decimals than those before it.</summary>
    public bool KnowsDecimalsOf(ReadOnlySpan<double> prices)
    {
        if (_decimals > 9) return true;
        var power = DecimalNumber.PowersOfTen[_decimals];
        var several = MemoryMarshal.Cast<double, Vector<double>>(prices);
        foreach (var some in several)
            if (Vector.Round(some * power) / power != some)
                return false;
        foreach (var price in prices[(several.Length * Vector<double>.Count)..])
            if (!KnowsDecimalsOf(price))
                return false;
        return true;
    }

    /// <summary>Records a known number of decimals.</summary>
    public void SeeDecimals(int decimals) => _decimals = Math.Max(_decimals, Math.Min(decimals, 10));

    /// <summary>Whether the prices of a row form a valid bar.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBar(double open, double high, double low, double close, double volume) =>
        low > 0 & low <= open & low <= close & high >= open & high >= close & high < double.PositiveInfinity & volume >= 0
            & volume < double.PositiveInfinity;

    /// <summary>The same for prices that may be zero or negative.</summary>
    public static bool IsBarOfAnyPrice(double open, double high, double low, double close, double volume) =>
        low > double.NegativeInfinity & low <= open & low <= close & high >= open & high >= close & high < double.PositiveInfinity
            & volume >= 0 & volume < double.PositiveInfinity;

    /// <summary>
    /// Widens high and low to open and close that lie outside of them by rounding, at most 1e-9 of the price, as those of adjusted prices
    /// do.
    /// </summary>
    /// <returns>False if the prices form no valid bar after it.</returns>
    public static bool TryWiden(double open, ref double high, ref double low, double close, double volume)
    {
        var (highest, lowest) = (Math.Max(high, Math.Max(open, close)), Math.Min(low, Math.Min(open, close)));
        if (!(low < double.PositiveInfinity) || !(highest - high <= Tolerance.Written * highest)
            || !(low - lowest <= Tolerance.Written * low) || !IsBar(open, highest, lowest, close, volume)) return false;
        (high, low) = (highest, lowest);
        return true;
    }

    /// <summary>Whether a time may follow the previous ones; the second row determines the file's direction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool InOrder(long time) => Rows == 0 || (_direction > 0 ? time > _last : InOrderSlow(time));

    private bool InOrderSlow(long time)
    {
        if (_direction == 0) return time != _last;
        return time < _last;
    }

    /// <summary>Returns the kind of fault of a time that <see cref="InOrder"/> rejected.</summary>
    public RowFaultKind OrderFault(long time) => time == _last ? RowFaultKind.Duplicate : RowFaultKind.Order;

    public long PreviousTime => _last;

    /// <summary>Continues a lenient reading after a row out of order.</summary>
    public void Resume(long time)
    {
        if (_lenient) _last = time;
    }

    /// <summary>Adds a row that <see cref="IsBar"/> and <see cref="InOrder"/> accepted.</summary>
    public void Add(long time, double open, double high, double low, double close, double adjusted, double volume)
    {
        if (Rows > 0)
        {
            var step = time - _last;
            if (_direction == 0)
            {
                _direction = step > 0 ? 1 : -1;
                TypicalStep = Describe(Math.Abs(step));
            }
            if (Math.Abs(step) < _leastStep) _shortSteps++;
        }
        else
        {
            _first = time;
        }
        Rows++;
        _last = time;
        // Tick zero is a Monday.
        if (!_timeframe.IsIntraday && time / TimeSpan.TicksPerDay % 7 >= 5) WeekendSeen = true;
        if (time < _from || time >= _to) return;
        if (Count++ == 0) _firstCounted = time;
        _lastCounted = time;
        var c = _current;
        var i = c.Count;
        c.Time[i] = time;
        c.Open[i] = open;
        c.High[i] = high;
        c.Low[i] = low;
        c.Close[i] = close;
        c.Volume[i] = volume;
        // Minus five hours, New York's trading day from pre-market to after-hours lies within one UTC day.
        if (Factors is not null) adjusted = close * Factors.FactorOn((int)((_timeframe.IsIntraday ? time - 5 * TimeSpan.TicksPerHour
            : time) / TimeSpan.TicksPerDay));
        if (_withAdjusted) c.Adjusted![i] = adjusted;
        for (var f = 0; f < c.Further.Length; f++) c.Further[f][i] = Further[f];
        c.Count = i + 1;
        if (i + 1 == _blockSize) Cut();
    }

    /// <summary>
    /// Whether rows in ascending order may be added by <see cref="AddRows"/>: their bars are of a part of a day, all in the window, and
    /// follow those before.
    /// </summary>
    public bool TakesRows(in BarSpans rows) => Gathered is null && Factors is null && _timeframe.IsIntraday && _direction >= 0
        && (Rows == 0 || rows.Time[0] > _last) && IsInWindow(rows.Time[0]) && IsInWindow(rows.Time[^1]);

    /// <summary>Adds rows that <see cref="TakesRows"/> and <see cref="BarSpans.AreBars"/> accepted, as <see cref="Add"/> would.</summary>
    public void AddRows(in BarSpans rows)
    {
        var times = rows.Time;
        var next = 0;
        if (Rows == 0) (_first, _last, next) = (times[0], times[0], 1);
        if (_direction == 0 && next < times.Length) (_direction, TypicalStep) = (1, Describe(times[next] - _last));
        var last = _last;
        foreach (var time in times[next..])
        {
            if (time - last < _leastStep) _shortSteps++;
            last = time;
        }
        _last = last;
        Rows += times.Length;
        var (start, end) = (PlaceIn(times, _from), PlaceIn(times, _to));
        if (start >= end) return;
        if (Count == 0) _firstCounted = times[start];
        _lastCounted = times[end - 1];
        Count += end - start;
        while (start < end)
        {
            var count = Math.Min(end - start, _blockSize - _current.Count);
            rows.CopyTo(_current, start, count);
            start += count;
            if (_current.Count == _blockSize) Cut();
        }
    }

    // The number of times before this one.
    private static int PlaceIn(ReadOnlySpan<long> times, long time)
    {
        var place = times.BinarySearch(time);
        return place >= 0 ? place : ~place;
    }

    /// <summary>Completes the last, shorter block.</summary>
    public void Finish()
    {
        if (_current.Count > 0) Cut();
    }

    private void Cut()
    {
        Completed.Add(_current);
        _current = new BarColumns(_blockSize, _withAdjusted, _further);
    }

    public long FirstTime => _first;

    /// <summary>The latest time of the requested bars.</summary>
    public long LastCounted => Math.Max(_firstCounted, _lastCounted);

    public static string Describe(long ticks)
    {
        var t = new TimeSpan(ticks);
        if (t.Ticks % TimeSpan.TicksPerDay == 0) return $"{t.TotalDays:0} d";
        if (t.Ticks % TimeSpan.TicksPerHour == 0) return $"{t.TotalHours:0} h";
        if (t.Ticks % TimeSpan.TicksPerMinute == 0) return $"{t.TotalMinutes:0} min";
        return $"{t.TotalSeconds:0.###} s";
    }
}
