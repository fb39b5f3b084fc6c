using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>
/// Keeps the sums behind every statistic of an equity curve without keeping the curve. It is told stretches of bars over which
/// the equity was <c>cash + quantity · close</c>, and marks each in one vectorised pass; a flat stretch costs nothing but its length.
/// </summary>
/// <remarks>
/// Sums run in four lanes, a bar's lane being its index modulo four, whatever the processor and wherever blocks and stretches begin:
/// so every host and every block size adds the same numbers in the same order.
/// </remarks>
internal sealed class EquityMeter
{
    private readonly double _start;

    // [0..3] sums of returns, [4..7] of squared returns, [8..11] of squared negative returns.
    private readonly double[] _lanes = new double[12];
    private double _previous, _peak, _trough, _monthStart, _weekStart;
    private long _peakTime = long.MinValue, _firstTime = long.MinValue, _lastTime;
    private double _maxDrawdown;
    private long _maxDrawdownTicks, _longestUnderwaterTicks;
    private long _count, _exposed;
    private int _months, _monthsUp, _weeks, _weeksUp;
    private int _lastMonth = -1, _lastWeek = -1;
    private bool _finished;

    /// <param name="start">The cash before the first bar.</param>
    public EquityMeter(double start) => _start = _previous = _peak = _trough = _monthStart = _weekStart = start;

    /// <summary>Equity at the last marked bar; the starting cash before the first.</summary>
    public double Equity => _previous;

    public long Count => _count;

    /// <summary>Marks the bars <c>[from, to)</c> of a block.</summary>
    /// <param name="cash">Equity is <c>cash + quantity · close</c>.</param>
    /// <param name="exposed">Whether anything is held, long and short that cancel included.</param>
    public void Mark(double cash, double quantity, bool exposed, BarBlock block, BlockCalendar calendar, int from, int to)
    {
        if (from >= to) return;
        if (_firstTime == long.MinValue)
        {
            _firstTime = block.TimeColumn[from];
            _peakTime = _firstTime;
            _lastMonth = BlockCalendar.Month(_firstTime);
            _lastWeek = BlockCalendar.Week(_firstTime);
        }
        if (exposed) _exposed += to - from;
        foreach (var boundary in calendar.From(from))
        {
            if (boundary.Index >= to) break;
            Stretch(cash, quantity, block, from, boundary.Index);
            from = boundary.Index;
            Turn(boundary.Month, boundary.Week);
        }
        Stretch(cash, quantity, block, from, to);
        _lastTime = block.TimeColumn[to - 1];
    }

    // The bar before has ended a month or a week.
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
        if (from >= to) return;
        _count += to - from;
        var close = block.CloseColumn;
        var time = block.TimeColumn;
        if (quantity == 0)
        {
            // After the first bar nothing moves, and returns of zero add nothing.
            One(cash, (int)((block.FirstIndex + from) & 3), time[from]);
            return;
        }

        // Groups of four bars whose first index in the feed is a multiple of four; bars outside the stretch are masked away.
        var group = from - (int)((block.FirstIndex + from) & 3);
        if (group < 1 || ((to - group + 3) & ~3) + group > close.Length)
        {
            Edges(cash, quantity, block, from, to);
            return;
        }

        ref var lanes = ref MemoryMarshal.GetArrayDataReference(_lanes);
        ref var closes = ref MemoryMarshal.GetArrayDataReference(close);
        var s1 = Vector256.LoadUnsafe(ref lanes);
        var s2 = Vector256.LoadUnsafe(ref lanes, 4);
        var down = Vector256.LoadUnsafe(ref lanes, 8);
        var a = Vector256.Create(cash);
        var b = Vector256.Create(quantity);
        var one = Vector256.Create(1.0);
        var peak = Vector256.Create(_peak);
        var trough = Vector256.Create(_trough);
        var previous = Vector256.Create(_previous);
        var count = Vector256.Create((double)(to - group));
        var lane = Vector256.Create(0.0, 1.0, 2.0, 3.0);
        var first = Vector256.Create((double)(from - group));
        for (var i = group; i < to; i += 4)
        {
            var equity = a + b * Vector256.LoadUnsafe(ref closes, (nuint)i);
            var before = a + b * Vector256.LoadUnsafe(ref closes, (nuint)(i - 1));
            var inside = Vector256<double>.AllBitsSet;
            if (i == group)
            {
                // The stretch begins here: its first bar follows the equity of before, and the bars ahead of it do not count.
                before = Vector256.ConditionalSelect(Vector256.Equals(lane, first), previous, before);
                inside = Vector256.GreaterThanOrEqual(lane, first);
            }
            if (i + 4 > to) inside &= Vector256.LessThan(lane, count - Vector256.Create((double)(i - group)));
            var r = (equity / before - one) & inside;
            s1 += r;
            s2 += r * r;
            var loss = Vector256.Min(r, Vector256<double>.Zero);
            down += loss * loss;
            if ((Vector256.GreaterThan(equity, peak) & inside) != Vector256<double>.Zero)
            {
                _trough = LeastOf(trough);
                for (var k = 0; k < 4; k++)
                    if (i + k >= from && i + k < to)
                        Extreme(equity.GetElement(k), time[i + k]);
                peak = Vector256.Create(_peak);
                trough = Vector256.Create(_trough);
            }
            else
            {
                trough = Vector256.Min(trough, Vector256.ConditionalSelect(inside, equity, trough));
            }
        }
        _trough = LeastOf(trough);
        s1.StoreUnsafe(ref lanes);
        s2.StoreUnsafe(ref lanes, 4);
        down.StoreUnsafe(ref lanes, 8);
        _previous = cash + quantity * close[to - 1];
    }

    // A stretch at the edge of its block, or of a block too short for groups of four. Adds to the same lanes in the same order.
    private void Edges(double cash, double quantity, BarBlock block, int from, int to)
    {
        var close = block.CloseColumn;
        var time = block.TimeColumn;
        // Where there is room for whole groups between the edges they are still taken four at a time.
        var head = Math.Min(to, from + 8);
        for (var i = from; i < head; i++) One(cash + quantity * close[i], (int)((block.FirstIndex + i) & 3), time[i]);
        if (head == to) return;
        var tail = Math.Max(head, to - 4);
        if (tail > head)
        {
            _count -= tail - head;
            Stretch(cash, quantity, block, head, tail);
        }
        for (var i = tail; i < to; i++) One(cash + quantity * close[i], (int)((block.FirstIndex + i) & 3), time[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double LeastOf(Vector256<double> v) =>
        Math.Min(Math.Min(v.GetElement(0), v.GetElement(1)), Math.Min(v.GetElement(2), v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void One(double equity, int lane, long time)
    {
        var r = equity / _previous - 1;
        _previous = equity;
        ref var lanes = ref MemoryMarshal.GetArrayDataReference(_lanes);
        Unsafe.Add(ref lanes, lane) += r;
        Unsafe.Add(ref lanes, lane + 4) += r * r;
        var loss = Math.Min(r, 0);
        Unsafe.Add(ref lanes, lane + 8) += loss * loss;
        Extreme(equity, time);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Extreme(double equity, long time)
    {
        if (equity > _peak)
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

    // The curve is back above its peak (or has ended): what lay between was one drawdown.
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

    /// <summary>The statistics so far; call it once, when the last bar is marked.</summary>
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
        };
    }
}

/// <summary>What is left of an equity curve when it has run through an <see cref="EquityMeter"/>.</summary>
public sealed record EquitySums
{
    /// <summary>The cash before the first bar, against which the first return is taken.</summary>
    public required double Start { get; init; }

    public required double Final { get; init; }

    /// <summary>Bars, and so per-bar returns.</summary>
    public required long Count { get; init; }

    public required double SumOfReturns { get; init; }

    public required double SumOfSquares { get; init; }

    public required double SumOfSquaredLosses { get; init; }

    /// <summary>A positive fraction of the running peak.</summary>
    public required double MaxDrawdown { get; init; }

    /// <summary>From the peak of the deepest drawdown to its recovery, or to the end.</summary>
    public required long MaxDrawdownTicks { get; init; }

    public required long LongestUnderwaterTicks { get; init; }

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }

    public required int Months { get; init; }

    public required int MonthsUp { get; init; }

    public required int Weeks { get; init; }

    public required int WeeksUp { get; init; }

    /// <summary>Bars at whose close something was held.</summary>
    public required long ExposedBars { get; init; }

    internal void AddTo(ref Fingerprint fingerprint)
    {
        fingerprint.Add(Final, SumOfReturns);
        fingerprint.Add(SumOfSquares, SumOfSquaredLosses);
        fingerprint.Add(MaxDrawdown, (double)Count);
    }
}
