using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Analysis;

/// <summary>
/// Accumulates the sums behind the statistics of an equity curve without storing the curve. It receives stretches of bars over which the
/// equity was <c>cash + quantity · close</c>, and marks each in one vectorised pass. A stretch without a position takes constant time.
/// </summary>
/// <remarks>
/// Sums run in four lanes; the lane of a bar is its index modulo four. It depends neither on the processor nor on where blocks
/// and stretches begin, so every host and every block size adds the same numbers in the same order.
/// </remarks>
internal sealed class EquityMeter
{
    private readonly double _start;

    // [0..3] sums of returns, [4..7] of squared returns, [8..11] of squared negative returns.
    private LaneSums _lanes;
    private double _previous, _peak, _trough, _monthStart, _weekStart;
    private long _peakTime = long.MinValue, _firstTime = long.MinValue, _lastTime;
    private double _maxDrawdown;
    private long _maxDrawdownTicks, _longestUnderwaterTicks;
    private long _count, _exposed;
    private int _months, _monthsUp, _weeks, _weeksUp;
    private int _lastMonth = -1, _lastWeek = -1;
    private bool _finished;
    private readonly long _from;
    private long _firstIndex;
    // Of the last marked bar: the equity before it, its lane, and whether a position was held.
    private double _beforeLast;
    private int _lastLane;
    private bool _lastExposed;
    private double[] _trace = [];
    private int _traced;

    /// <param name="start">The cash before the first bar.</param>
    /// <param name="from">UTC ticks; bars before are not marked.</param>
    public EquityMeter(double start, long from = 0)
    {
        _start = _previous = _peak = _trough = _monthStart = _weekStart = start;
        _from = from;
    }

    /// <summary>Equity at the last marked bar; the starting cash before the first.</summary>
    public double Equity => _previous;

    public long Count => _count;

    /// <summary>Marks the bars <c>[from, to)</c> of a block.</summary>
    /// <param name="cash">Equity is <c>cash + quantity · close</c>.</param>
    /// <param name="exposed">Whether a position is held, also if longs and shorts cancel.</param>
    public void Mark(double cash, double quantity, bool exposed, BarBlock block, BlockCalendar calendar, int from, int to)
    {
        if (from >= to) return;
        if (_firstTime == long.MinValue)
        {
            while (block.TimeColumn[from] < _from)
                if (++from == to)
                    return;
            _firstIndex = block.FirstIndex + from;
            _firstTime = block.TimeColumn[from];
            _peakTime = _firstTime;
            _lastMonth = BlockCalendar.Month(_firstTime);
            _lastWeek = BlockCalendar.Week(_firstTime);
        }
        if (exposed) _exposed += to - from;
        _count += to - from;
        _lastTime = block.TimeColumn[to - 1];
        _beforeLast = to - from > 1 ? cash + quantity * block.CloseColumn[to - 2] : _previous;
        (_lastLane, _lastExposed) = ((int)((block.FirstIndex + to - 1) & 3), exposed);
        if (!calendar.IsEmpty) from = MarkPeriods(cash, quantity, block, calendar, from, to);
        Stretch(cash, quantity, block, from, to);
    }

    // Marks up to the last month or week that begins in the stretch.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int MarkPeriods(double cash, double quantity, BarBlock block, BlockCalendar calendar, int from, int to)
    {
        foreach (var boundary in calendar.From(from))
        {
            if (boundary.Index >= to) break;
            if (from < boundary.Index) Stretch(cash, quantity, block, from, boundary.Index);
            from = boundary.Index;
            if (boundary.Periods > 0 && block.FirstIndex + from > _firstIndex) Trace(boundary.Periods);
            Turn(boundary.Month, boundary.Week);
        }
        return from;
    }

    // Records the equity for trace periods that ended before this bar; a period without bars ends at the equity it began with.
    private void Trace(int periods)
    {
        if (_traced + periods > _trace.Length) Array.Resize(ref _trace, Math.Max(64, Math.Max(_traced + periods, _trace.Length * 2)));
        _trace.AsSpan(_traced, periods).Fill(_previous);
        _traced += periods;
    }

    // The previous bar was the last of a month or week.
    private void Turn(int month, int week)
    {
        if (week != _lastWeek)
        {
            _weeks++;
            if (_previous > _weekStart) _weeksUp++;
            _weekStart = _previous;
            _lastWeek = week;
        }
        if (month != _lastMonth)
        {
            _months++;
            if (_previous > _monthStart) _monthsUp++;
            _monthStart = _previous;
            _lastMonth = month;
        }
    }

    private void Stretch(double cash, double quantity, BarBlock block, int from, int to)
    {
        if (quantity == 0)
        {
            // After the first bar a flat account does not change, and returns of zero add nothing to the sums.
            if (cash != _previous) One(cash, (int)((block.FirstIndex + from) & 3), block.TimeColumn[from]);
            // The time of a peak is that of the last bar at that height.
            if (cash == _peak) _peakTime = block.TimeColumn[to - 1];
            return;
        }

        // Groups of four bars whose first index in the feed is a multiple of four; the first group contains the start of the stretch.
        var group = from - (int)((block.FirstIndex + from) & 3);
        var i = Math.Min(to, group + 4);
        Part(cash, quantity, block, group, from, i);
        while (i + 4 <= to)
        {
            i = BelowPeak(cash, quantity, block, i, to);
            if (i + 4 > to) break;
            Part(cash, quantity, block, i, i, i + 4);
            i += 4;
        }
        if (i < to) Part(cash, quantity, block, i, i, to);
    }

    // Marks whole groups as long as they stay below the peak; returns the first bar that is not marked. It makes no calls, so that the
    // sums stay in registers. Like the other methods of vectors, it is fully optimised at the first call: their code is very slow before
    // tiering.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private int BelowPeak(double cash, double quantity, BarBlock block, int i, int to)
    {
        ref var lanes = ref Unsafe.As<LaneSums, double>(ref _lanes);
        ref var closes = ref MemoryMarshal.GetArrayDataReference(block.CloseColumn);
        var (a, b, one) = (Vector256.Create(cash), Vector256.Create(quantity), Vector256.Create(1.0));
        var s1 = Vector256.LoadUnsafe(ref lanes);
        var s2 = Vector256.LoadUnsafe(ref lanes, 4);
        var down = Vector256.LoadUnsafe(ref lanes, 8);
        var peak = Vector256.Create(_peak);
        var trough = Vector256.Create(_trough);
        var previous = _previous;
        do
        {
            var equity = a + b * Vector256.LoadUnsafe(ref closes, (nuint)i);
            if (Vector256.GreaterThanOrEqualAny(equity, peak)) break;
            var before = a + b * Vector256.LoadUnsafe(ref closes, (nuint)(i - 1));
            var r = equity / before - one;
            s1 += r;
            s2 += r * r;
            var loss = Vector256.MinNative(r, Vector256<double>.Zero);
            down += loss * loss;
            trough = Vector256.MinNative(trough, equity);
            previous = equity.GetElement(3);
            i += 4;
        }
        while (i + 4 <= to);
        s1.StoreUnsafe(ref lanes);
        s2.StoreUnsafe(ref lanes, 4);
        down.StoreUnsafe(ref lanes, 8);
        _trough = LeastOf(trough);
        _previous = previous;
        return i;
    }

    // Marks the bars [from, to) of the group of four that begins at index group, which may lie before the block.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Part(double cash, double quantity, BarBlock block, int group, int from, int to)
    {
        var close = block.CloseColumn;
        if (group < 0 || group + 4 > close.Length)
        {
            // The group extends beyond the block: add bar by bar, which adds the same numbers to the same lanes.
            OneByOne(cash, quantity, block, from, to);
            return;
        }
        ref var lanes = ref Unsafe.As<LaneSums, double>(ref _lanes);
        ref var closes = ref MemoryMarshal.GetArrayDataReference(close);
        var (a, b) = (Vector256.Create(cash), Vector256.Create(quantity));
        var lane = Vector256.Create(0L, 1L, 2L, 3L);
        var begin = Vector256.Create((long)(from - group));
        var equity = a + b * Vector256.LoadUnsafe(ref closes, (nuint)group);
        // The equity before each bar is that of the previous lane; for the first bar, it is the equity before this range.
        var before = Vector256.Shuffle(equity, Vector256.Create(0L, 0L, 1L, 2L));
        before = Vector256.ConditionalSelect(Vector256.Equals(lane, begin).AsDouble(), Vector256.Create(_previous), before);
        var inside =
            (Vector256.GreaterThanOrEqual(lane, begin) & Vector256.LessThan(lane, Vector256.Create((long)(to - group)))).AsDouble();
        var r = (equity / before - Vector256.Create(1.0)) & inside;
        (Vector256.LoadUnsafe(ref lanes) + r).StoreUnsafe(ref lanes);
        (Vector256.LoadUnsafe(ref lanes, 4) + r * r).StoreUnsafe(ref lanes, 4);
        var loss = Vector256.MinNative(r, Vector256<double>.Zero);
        (Vector256.LoadUnsafe(ref lanes, 8) + loss * loss).StoreUnsafe(ref lanes, 8);
        _previous = cash + quantity * close[to - 1];
        if ((Vector256.GreaterThanOrEqual(equity, Vector256.Create(_peak)) & inside).AsInt64() != Vector256<long>.Zero)
            Climb(equity, inside, group, block);
        else _trough = Math.Min(_trough, LeastOf(Vector256.ConditionalSelect(inside, equity, Vector256.Create(_trough))));
    }

    // Marks a group that contains a new peak.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Climb(Vector256<double> equity, Vector256<double> inside, int index, BarBlock block)
    {
        for (var k = 0; k < 4; k++)
            if (inside.AsInt64().GetElement(k) != 0)
                Extreme(equity.GetElement(k), block.TimeColumn[index + k]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OneByOne(double cash, double quantity, BarBlock block, int from, int to)
    {
        var close = block.CloseColumn;
        var time = block.TimeColumn;
        for (var i = from; i < to; i++) One(cash + quantity * close[i], (int)((block.FirstIndex + i) & 3), time[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double LeastOf(Vector256<double> v) =>
        Math.Min(Math.Min(v.GetElement(0), v.GetElement(1)), Math.Min(v.GetElement(2), v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void One(double equity, int lane, long time)
    {
        var r = equity / _previous - 1;
        _previous = equity;
        ref var lanes = ref Unsafe.As<LaneSums, double>(ref _lanes);
        Unsafe.Add(ref lanes, lane) += r;
        Unsafe.Add(ref lanes, lane + 4) += r * r;
        var loss = Math.Min(r, 0);
        Unsafe.Add(ref lanes, lane + 8) += loss * loss;
        Extreme(equity, time);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Extreme(double equity, long time)
    {
        if (equity >= _peak)
        {
            if (_trough < _peak) Recover(time);
            _peak = _trough = equity;
            _peakTime = time;
        }
        else if (equity < _trough)
        {
            _trough = equity;
        }
    }

    // Called when the curve is back at its peak, or at its end: the bars since the peak were one drawdown.
    private void Recover(long time)
    {
        var depth = 1 - _trough / _peak;
        var length = time - _peakTime;
        if (depth > _maxDrawdown)
        {
            _maxDrawdown = depth;
            _maxDrawdownTicks = length;
        }
        if (length > _longestUnderwaterTicks) _longestUnderwaterTicks = length;
    }

    /// <summary>
    /// Replaces the equity of the last marked bar after the open position was closed at that bar's close, costs included.
    /// </summary>
    public void Settle(double equity)
    {
        if (_count == 0) return;
        var (was, now) = (_previous / _beforeLast - 1, equity / _beforeLast - 1);
        _lanes[_lastLane] += now - was;
        _lanes[_lastLane + 4] += now * now - was * was;
        _lanes[_lastLane + 8] += Math.Min(now, 0) * Math.Min(now, 0) - Math.Min(was, 0) * Math.Min(was, 0);
        if (_lastExposed) _exposed--;
        _lastExposed = false;
        _previous = equity;
        Extreme(equity, _lastTime);
    }

    /// <summary>Returns the statistics up to the last marked bar, as if it were the last; the curve goes on.</summary>
    public EquitySums SoFar() => ((EquityMeter)MemberwiseClone()).Finish();

    /// <summary>Returns the statistics; call it once, after the last bar is marked.</summary>
    public EquitySums Finish()
    {
        if (_finished) throw new InvalidOperationException("the curve has been closed already");
        _finished = true;
        if (_count > 0)
        {
            if (_trough < _peak) Recover(_lastTime);
            Turn(-1, -1);
        }
        double Sum(int at) => (_lanes[at] + _lanes[at + 1]) + (_lanes[at + 2] + _lanes[at + 3]);
        return new EquitySums
        {
            Start = _start,
            Final = _previous,
            Count = _count,
            SumOfReturns = Sum(0),
            SumOfSquares = Sum(4),
            SumOfSquaredLosses = Sum(8),
            MaxDrawdown = _maxDrawdown,
            MaxDrawdownTicks = _maxDrawdownTicks,
            LongestUnderwaterTicks = _longestUnderwaterTicks,
            FirstTime = _count > 0 ? _firstTime : 0,
            LastTime = _lastTime,
            Months = _months,
            MonthsUp = _monthsUp,
            Weeks = _weeks,
            WeeksUp = _weeksUp,
            ExposedBars = _exposed,
            // The last period ends with the last bar, so its equity is added here.
            PeriodEquity = _traced > 0 ? [.. _trace.AsSpan(0, _traced), _previous] : [],
        };
    }
}

[InlineArray(12)]
internal struct LaneSums
{
    private double _first;
}
