using Granary.Engine.Market;

namespace Granary.Engine.Portfolio;

/// <summary>Counts the bars of one instrument at one timeframe, out of the equal or shorter bars that mark a portfolio.</summary>
internal sealed class BarCount
{
    // An entry is booked at the open of its bar or when that bar has closed: no more bars than these begin between the two.
    private const int Remembered = 8;

    private readonly long[] _opens = new long[Remembered];
    private BarAggregator? _longer;
    private Timeframe _marks;
    private long _begun;

    /// <param name="marks">The timeframe of the bars that mark the portfolio.</param>
    /// <param name="timeframe">The timeframe to count; one that the marks do not divide counts the marks.</param>
    public BarCount(Timeframe marks, Timeframe timeframe, SessionCalendar calendar)
    {
        Timeframe = timeframe;
        MarkBy(marks, calendar);
    }

    /// <summary>Other bars mark the portfolio from now on; the bars that have begun stay counted.</summary>
    public void MarkBy(Timeframe marks, SessionCalendar calendar)
    {
        if (marks == _marks) return;
        _marks = marks;
        var divides = Timeframe != marks && Timeframe.IsMultipleOf(marks);
        _longer = divides ? new BarAggregator(marks, Timeframe, calendar) : null;
    }

    public Timeframe Timeframe { get; }

    /// <summary>The index of the last bar that has begun; −1 before the first.</summary>
    public long Last => _begun - 1;

    /// <summary>A bar that marks the portfolio has closed.</summary>
    public void Add(in Bar bar)
    {
        if (_longer is null)
        {
            Begin(bar.Time);
            return;
        }
        var continues = _longer.Unfinished is not null;
        _longer.Add(bar, out var before, out var completed);
        if (continues && before is null) return;
        var open = (completed ?? _longer.Unfinished!.Value).Time;
        // Marks that have become shorter in the middle of a bar build it a second time.
        if (_begun == 0 || open > _opens[(_begun - 1) % Remembered]) Begin(open);
    }

    /// <summary>The index of the bar that opens at a time: one of the last bars that have begun, or the next one.</summary>
    /// <param name="open">UTC ticks.</param>
    public long IndexOf(long open)
    {
        var index = _begun;
        while (index > 0 && _begun - index < Remembered && _opens[(index - 1) % Remembered] >= open) index--;
        return index;
    }

    private void Begin(long open) => _opens[_begun++ % Remembered] = open;
}
