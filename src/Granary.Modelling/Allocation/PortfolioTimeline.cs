using System.Runtime.InteropServices;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Allocation;

/// <summary>
/// Records the steps that a portfolio receives in a batch, in their order, so accounts with other weights can replay them many times.
/// A row is a time slice in which bars closed. Weights are decided after its closes are marked and before its signals.
/// </summary>
/// <param name="symbolIndex">Index of each symbol among the instruments.</param>
internal sealed class PortfolioTimeline(IReadOnlyDictionary<string, int> symbolIndex) : IPortfolioSteps
{
    private enum StepKind : byte
    {
        Bar,
        Open,
        Within,
        AtClose,
        Close,
    }

    private readonly List<(StepKind Kind, int At)> _steps = [];
    private readonly List<(int Symbol, Timeframe Timeframe, BarBlock Block, int Index)> _bars = [];
    private readonly List<(int Strategy, RunEvent Event)> _events = [];
    private readonly List<(long Stamp, long Time, int Begin, int Decision)> _rows = [];
    private long _lastStamp = long.MinValue;
    private int _begin;

    /// <summary>Reads the smaller bars; null if there are none.</summary>
    public Func<string, Timeframe, IntrabarPath?>? Paths { get; init; }

    /// <summary>Number of rows.</summary>
    public int Rows => _rows.Count;

    /// <summary>Close of the bars of a row, UTC ticks. The row's decision applies from then on.</summary>
    public long TimeOf(int row) => _rows[row].Time;

    /// <summary>Open time of the bars of a row, UTC ticks.</summary>
    public long StampOf(int row) => _rows[row].Stamp;

    /// <summary>Returns the first row at or after a time, UTC ticks; <see cref="Rows"/> if there is none.</summary>
    public int RowAt(long time)
    {
        var (low, high) = (0, _rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_rows[middle].Time < time) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Index of the first step of a row.</summary>
    public int BeginOf(int row) => _rows[row].Begin;

    /// <summary>Index of the step before which the row's weights are decided.</summary>
    public int DecisionOf(int row) => row < _rows.Count ? _rows[row].Decision : _steps.Count;

    public int SymbolIndex(string symbol) => symbolIndex[symbol];

    public void Close(int symbol, Timeframe timeframe, BarBlock block, int index)
    {
        _steps.Add((StepKind.Bar, _bars.Count));
        _bars.Add((symbol, timeframe, block, index));
    }

    public bool OpenRow(long stamp, long timestamp)
    {
        // Like the portfolio's driver: a time slice without a bar of its own has no row.
        if (stamp <= _lastStamp) return false;
        _steps.Add((StepKind.Open, _rows.Count));
        _rows.Add((stamp, timestamp, _begin, _steps.Count));
        return true;
    }

    public void Take(int strategy, in RunEvent e, bool isWithin)
    {
        _steps.Add((isWithin ? StepKind.Within : StepKind.AtClose, _events.Count));
        _events.Add((strategy, e));
    }

    public void CloseRow(long stamp)
    {
        _lastStamp = stamp;
        _steps.Add((StepKind.Close, _rows.Count - 1));
        _begin = _steps.Count;
    }

    /// <summary>Replays a range of steps on a target.</summary>
    /// <param name="from">Index of the first step.</param>
    /// <param name="to">Index after the last step.</param>
    public void Replay<T>(int from, int to, T target) where T : IPortfolioSteps
    {
        var bars = CollectionsMarshal.AsSpan(_bars);
        var events = CollectionsMarshal.AsSpan(_events);
        var rows = CollectionsMarshal.AsSpan(_rows);
        foreach (var (kind, at) in CollectionsMarshal.AsSpan(_steps)[from..to])
        {
            switch (kind)
            {
                case StepKind.Bar:
                    target.Close(bars[at].Symbol, bars[at].Timeframe, bars[at].Block, bars[at].Index);
                    break;
                case StepKind.Open:
                    target.OpenRow(rows[at].Stamp, rows[at].Time);
                    break;
                case StepKind.Within or StepKind.AtClose:
                    target.Take(events[at].Strategy, events[at].Event, kind == StepKind.Within);
                    break;
                case StepKind.Close:
                    target.CloseRow(rows[at].Stamp);
                    break;
            }
        }
    }
}
