using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// Marks the bars of a book at their closes. Bars between two changes of cash or trades are marked together, so they must be marked before
/// each change.
/// </summary>
/// <param name="meter">Measures the equity; null if the account is shared, whose run measures it.</param>
internal struct EquityMarks(EquityMeter? meter, Timeframe timeframe)
{
    private readonly EquityMeter? _meter = meter;
    private readonly Timeframe _timeframe = timeframe;
    // The bars that are marked together: the current block, and the bars before it that may still be unmarked.
    private BarBlock? _bars;
    private BlockCalendar _calendar = null!;
    private (long Time, double Close) _before;
    private int _marked;

    /// <summary>Whether open trades keep their lowest and highest price.</summary>
    public bool TracksExcursions { get; set; }

    /// <summary>The index of the block's first bar in the bars that are marked together.</summary>
    public int Offset { get; set; }

    /// <summary>The equity at the last marked bar; not for a shared account.</summary>
    public readonly double Equity => _meter!.Equity;

    /// <summary>Whether bars are marked with other blocks, and perhaps later than these end.</summary>
    public readonly bool AreCollected(BarBlock block) => !ReferenceEquals(_bars, block);

    /// <summary>Whether a bar before one of the block is not marked.</summary>
    public readonly bool HasUnmarkedBefore(int index) => _marked < Offset + index;

    /// <summary>Whether any bar is not marked.</summary>
    public readonly bool HasUnmarked => _bars is not null && _marked < _bars.Count;

    /// <summary>Switches to other bars, after the previous ones are marked.</summary>
    /// <param name="before">Open time and close of the last bar before them; a close of NaN if there is none.</param>
    /// <param name="areMarked">Whether the bars are marked already.</param>
    public void Bind(BarBlock bars, BlockCalendar calendar, (long Time, double Close) before, bool areMarked = false) =>
        (_bars, _calendar, _before, _marked) = (bars, calendar, before, areMarked ? bars.Count : 0);

    /// <summary>Open time, UTC ticks, of the bar before a bar of the block.</summary>
    public readonly long TimeBefore(int index) => Offset + index > 0 ? _bars!.TimeColumn[Offset + index - 1] : _before.Time;

    /// <summary>Close of the bar before a bar of the block; NaN if there is none.</summary>
    public readonly double CloseBefore(int index) => Offset + index > 0 ? _bars!.CloseColumn[Offset + index - 1] : _before.Close;

    /// <summary>Marks the bars before one of the block.</summary>
    /// <param name="foreign">The balances of an account in another currency; null if it is that of the prices.</param>
    public void MarkBefore(int index, double cash, in OpenTrades trades, ForeignBalance? foreign) =>
        Mark(Offset + index, cash, trades, foreign);

    /// <summary>Marks all bars.</summary>
    /// <inheritdoc cref="MarkBefore"/>
    public void MarkAll(double cash, in OpenTrades trades, ForeignBalance? foreign) => Mark(_bars!.Count, cash, trades, foreign);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Mark(int end, double cash, in OpenTrades trades, ForeignBalance? foreign)
    {
        var bars = _bars!;
        if (foreign is null) _meter?.Mark(cash, trades.Net, trades.Count > 0, bars, _calendar, _marked, end);
        else if (_meter is not null) MarkForeign(end, trades, foreign);
        if (TracksExcursions)
            for (var i = 0; i < trades.Count; i++)
            {
                ref var trade = ref trades[i];
                // The bar of an entry on the close does not count for the trade.
                var from = (int)Math.Max(_marked, trade.FirstWholeBar - bars.FirstIndex);
                if (from < end) trade.Reach(Extremes.Least(bars.Low[from..end]), Extremes.Greatest(bars.High[from..end]));
            }
        _marked = end;
    }

    // Bars of one rate are marked together.
    private readonly void MarkForeign(int end, in OpenTrades trades, ForeignBalance foreign)
    {
        var (bars, cursor) = (_bars!, foreign.Cursor);
        if (trades.Count == 0 && foreign.Held == 0)
        {
            _meter!.Mark(foreign.Own, 0, exposed: false, bars, _calendar, _marked, end);
            return;
        }
        for (var (from, to) = (_marked, _marked); from < end; from = to)
        {
            var rate = foreign.Rates.At(_timeframe.CloseOf(bars.TimeColumn[from]), ref cursor);
            to = FirstAt(bars.TimeColumn, from + 1, end, _timeframe.OpenOf(foreign.Rates.EndOf(cursor)));
            _meter!.Mark(foreign.Own + foreign.Held * rate, trades.Net * rate, trades.Count > 0, bars, _calendar, from, to);
        }
    }

    // The first bar of [from, end) that opens at a time or later. A rate counts for many bars, or for one: the steps double.
    private static int FirstAt(long[] times, int from, int end, long time)
    {
        if (times[end - 1] < time) return end;
        var step = 1;
        while (from + step <= end && times[from + step - 1] < time)
        {
            from += step;
            step *= 2;
        }
        var at = Array.BinarySearch(times, from, Math.Min(step, end - from), time);
        return at < 0 ? ~at : at;
    }

    /// <summary>Replaces the equity of the last marked bar after the position was closed at that bar's close.</summary>
    public readonly void Settle(double equity) => _meter!.Settle(equity);

    /// <summary>Returns the statistics; null for a shared account.</summary>
    public readonly EquitySums? Finish() => _meter?.Finish();

    /// <summary>Returns the statistics so far; null for a shared account.</summary>
    public readonly EquitySums? SoFar() => _meter?.SoFar();
}
