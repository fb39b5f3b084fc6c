using System.Runtime.CompilerServices;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>
/// Takes parsed rows in file order, demands that they are good bars in strict order, and cuts those asked for into blocks.
/// </summary>
internal sealed class BarCollector
{
    private readonly long _from, _to;
    private readonly int _blockSize;
    private readonly bool _lenient;
    private readonly bool _withAdjusted;
    private readonly Timeframe _timeframe;
    private BarColumns _current;
    private readonly long _leastStep;
    private long _last, _first;
    private int _direction;
    private int _decimals;
    private long _shortSteps;

    /// <param name="lenient">Goes on after a faulty row, which the parser has reported.</param>
    public BarCollector(BarQuery query, int blockSize, bool withAdjusted, bool lenient = false)
    {
        _from = query.From ?? long.MinValue;
        _to = query.To ?? long.MaxValue;
        _timeframe = query.Timeframe;
        // Of February.
        _leastStep = query.Timeframe == Timeframe.Mo1 ? 28 * TimeSpan.TicksPerDay : query.Timeframe.Ticks;
        _blockSize = blockSize;
        _withAdjusted = withAdjusted;
        _lenient = lenient;
        _current = new BarColumns(blockSize, withAdjusted);
    }

    /// <summary>Rows outside this window belong to another file of the market and are passed over.</summary>
    public long WindowFrom { get; set; } = long.MinValue;

    public long WindowTo { get; set; } = long.MaxValue;

    /// <summary>Where the adjusted close comes from if not from a column.</summary>
    public Lean.LeanFactorFile? Factors { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsInWindow(long time) => time >= WindowFrom && time < WindowTo;

    public Timeframe Timeframe => _timeframe;

    /// <summary>Full blocks, for the reader to take away.</summary>
    public List<BarColumns> Completed { get; } = [];

    /// <summary>Where this is set, good rows go here as they come, in whatever order, and nothing becomes a block.</summary>
    public List<GatheredRow>? Gathered { get; init; }

    /// <summary>Takes a row that was checked with <see cref="IsBar"/>, whatever its place.</summary>
    public void Gather(in GatheredRow row)
    {
        Gathered!.Add(row);
        Rows++;
        _last = row.Time;
    }

    /// <summary>Good rows, whether they were asked for or not.</summary>
    public long Rows { get; private set; }

    /// <summary>Bars that were asked for.</summary>
    public long Count { get; private set; }

    public long SkippedRows { get; set; }

    public long RowsWithoutVolume { get; set; }

    /// <summary>Set where the file runs from the newest bar to the oldest.</summary>
    public bool Descending => _direction < 0;

    public bool WeekendSeen { get; private set; }

    /// <summary>The most decimals that a price needs, up to 9; -1 beyond.</summary>
    public int PriceDecimals => _decimals > 9 ? -1 : _decimals;

    public long LastTime => Rows == 0 ? long.MinValue : _last;

    /// <summary>Whether most bars follow one another faster than the timeframe allows.</summary>
    public bool TooDense => Rows > 2 && _shortSteps * 2 > Rows - 1;

    /// <summary>The time between the first two rows, as text, for messages.</summary>
    public string TypicalStep { get; private set; } = "";

    /// <summary>Notes a price's decimals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SeePrice(ulong mantissa, int decimals)
    {
        if (decimals > _decimals) SeeMoreDecimals(mantissa, decimals);
    }

    // Trailing zeros are not decimals that the price needs.
    private void SeeMoreDecimals(ulong mantissa, int decimals)
    {
        if (_decimals > 9) return;
        while (decimals > _decimals && decimals - _decimals < 20 && mantissa % DecimalNumber.WholePowersOfTen[decimals - _decimals] != 0)
        {
            _decimals++;
            if (_decimals > 9) return;
        }
    }

    /// <summary>Notes a price's decimals where they were counted already.</summary>
    public void SeeDecimals(int decimals) => _decimals = Math.Max(_decimals, Math.Min(decimals, 10));

    /// <summary>Whether the prices of a row make a bar.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBar(double open, double high, double low, double close, double volume) =>
        low > 0 & low <= open & low <= close & high >= open & high >= close & high < double.PositiveInfinity & volume >= 0
            & volume < double.PositiveInfinity;

    /// <summary>Whether a time may follow those before it; fixes the file's direction at the second row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool InOrder(long time) => Rows == 0 || (_direction > 0 ? time > _last : InOrderSlow(time));

    private bool InOrderSlow(long time)
    {
        if (_direction == 0) return time != _last;
        return time < _last;
    }

    /// <summary>The kind of fault of a time that is not <see cref="InOrder"/>.</summary>
    public RowFaultKind OrderFault(long time) => time == _last ? RowFaultKind.Duplicate : RowFaultKind.Order;

    public long PreviousTime => _last;

    /// <summary>Lets a lenient reading go on after a row out of order.</summary>
    public void Resume(long time)
    {
        if (_lenient) _last = time;
    }

    /// <summary>Takes a row that was checked with <see cref="IsBar"/> and <see cref="InOrder"/>.</summary>
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
        Count++;
        var c = _current;
        var i = c.Count;
        c.Time[i] = time;
        c.Open[i] = open;
        c.High[i] = high;
        c.Low[i] = low;
        c.Close[i] = close;
        c.Volume[i] = volume;
        // New York's trading day, pre-market to after-hours, lies within one UTC day once five hours are taken off.
        if (Factors is not null) adjusted = close * Factors.FactorOn((int)((_timeframe.IsIntraday ? time - 5 * TimeSpan.TicksPerHour
            : time) / TimeSpan.TicksPerDay));
        if (_withAdjusted) c.Adjusted![i] = adjusted;
        c.Count = i + 1;
        if (i + 1 == _blockSize) Cut();
    }

    /// <summary>Cuts the last, shorter block.</summary>
    public void Finish()
    {
        if (_current.Count > 0) Cut();
    }

    private void Cut()
    {
        Completed.Add(_current);
        _current = new BarColumns(_blockSize, _withAdjusted);
    }

    public long FirstTime => _first;

    public static string Describe(long ticks)
    {
        var t = new TimeSpan(ticks);
        if (t.Ticks % TimeSpan.TicksPerDay == 0) return $"{t.TotalDays:0} d";
        if (t.Ticks % TimeSpan.TicksPerHour == 0) return $"{t.TotalHours:0} h";
        if (t.Ticks % TimeSpan.TicksPerMinute == 0) return $"{t.TotalMinutes:0} min";
        return $"{t.TotalSeconds:0.###} s";
    }
}
