using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Backtesting.Why;

/// <summary>
/// A recorded run of one strategy, from which each bar can be read at once. It keeps bars, factors and equity of each bar, and a copy of
/// the account (a checkpoint) at each bar at which it changed; between two checkpoints orders and trades are the same.
/// </summary>
/// <remarks>
/// Memory is bounded: if a run has more bars than fit, the tape keeps those around the bar that was asked for, and ends when it is full.
/// </remarks>
internal sealed class StrategyTape : IRunListener
{
    /// <summary>The most doubles of a tape: 128 MiB.</summary>
    public const int MostDoubles = 1 << 24;

    // The doubles that take as much memory as a checkpoint with an open trade.
    private const int DoublesOfCheckpoint = 32, DoublesOfLevels = 4;

    private readonly List<long> _rows = [];
    private readonly List<double> _equity = [];
    private readonly List<(long Row, AccountState State)> _checkpoints = [];
    // Stops and targets that moved at bars at which nothing else changed.
    private readonly List<LevelChange> _levels = [];
    private readonly List<(long Row, RunEvent Event)> _events = [];
    private readonly List<Trade> _trades = [];
    private readonly List<PredictionNote> _predictions = [];
    private readonly long _around;
    private readonly int _most;
    private SymbolTape[] _symbols = [];
    private long _first;
    private bool _changed = true;

    /// <param name="around">A time of the bars to keep, UTC ticks.</param>
    /// <param name="most">The most doubles.</param>
    public StrategyTape(StrategyInstance instance, long around, int most = MostDoubles) =>
        (Instance, _around, _most) = (instance, around, most);

    public StrategyInstance Instance { get; }

    /// <summary>The conditions that the strategy declares.</summary>
    public IReadOnlyList<DeclaredCondition> Conditions { get; private set; } = [];

    public IReadOnlyList<SymbolTape> Symbols => _symbols;

    /// <summary>Number of the first row that is kept; rows are the bars of one symbol, or the joined times of several.</summary>
    public long FirstRow => _first;

    /// <summary>One more than the number of the last row.</summary>
    public long EndRow => _first + _rows.Count;

    /// <summary>Whether it has as many rows as it may, with the row that was asked for; the run then need not go on.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether the run went on to its last bar.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The trades that have ended, and with <see cref="IsWhole"/> those that are open at the end; in the order of
    /// trades.csv.</summary>
    public IReadOnlyList<Trade> Trades => _trades;

    /// <summary>The predictions of the strategy's model, in order.</summary>
    public IReadOnlyList<PredictionNote> Predictions => _predictions;

    // The terms of a fill are for accounts of other sizes.
    public RunEventKinds Kinds => RunEventKinds.All;

    private readonly record struct LevelChange(long Row, int Symbol, int Trade, double Stop, double Target);

    public void On(in RunEvent e)
    {
        if (IsWhole)
        {
            if (e.IsTradeRow) _trades.Add(e.Trade);
            return;
        }
        // A trailing stop may move at every bar.
        if (e.Kind == RunEventKinds.Levels)
        {
            _levels.Add(new LevelChange(EndRow, e.SymbolIndex, e.Number, e.Levels.Stop, e.Levels.Target));
            return;
        }
        _changed = true;
        if (e.IsTradeRow) _trades.Add(e.Trade);
        _events.Add((EndRow, e));
    }

    /// <summary>Adds a prediction of the strategy's model.</summary>
    public void Note(PredictionNote prediction) => _predictions.Add(prediction);

    /// <summary>Adds a row after the run has processed it.</summary>
    /// <param name="barOf">Returns the bar that a symbol has in the row; null without one.</param>
    public void Add(IStrategyRun run, long time, Func<int, Bar?> barOf)
    {
        if (_symbols.Length == 0) Begin(run);
        for (var s = 0; s < _symbols.Length; s++)
            if (barOf(s) is { } bar)
                _symbols[s].Add(bar);
        if (_changed) _checkpoints.Add((EndRow, run.ReadAccount()));
        _changed = false;
        _rows.Add(time);
        _equity.Add(run.Equity);
        if (_rows.Count * (long)(2 + _symbols.Sum(s => s.Width)) + _checkpoints.Count * (long)DoublesOfCheckpoint
            + _levels.Count * (long)DoublesOfLevels < _most) return;
        if (_rows[_rows.Count / 2] >= _around) IsFull = true;
        else Drop(_rows.Count / 2);
    }

    /// <summary>For each symbol the prices that the strategy sees; null, or none, where these are the bars' own.</summary>
    internal IReadOnlyList<SeenPrices?> Seen { private get; init; } = [];

    private void Begin(IStrategyRun run)
    {
        Conditions = [.. run.Conditions.Take(SymbolTape.MostConditions)];
        _symbols = [.. Instance.Symbols.Select((symbol, s) =>
            new SymbolTape(symbol, run.Factors(s), Conditions, Seen.ElementAtOrDefault(s)))];
    }

    private void Drop(int count)
    {
        // The account at the end of what is dropped is the first checkpoint.
        var before = AccountAt(_first + count - 1)!.Value.State;
        _first += count;
        _checkpoints.RemoveAll(c => c.Row < _first);
        _checkpoints.Insert(0, (_first - 1, before));
        _levels.RemoveAll(l => l.Row < _first);
        _rows.RemoveRange(0, count);
        _equity.RemoveRange(0, count);
        foreach (var symbol in _symbols) symbol.DropBefore(_rows[0]);
        var old = _events.FindIndex(e => e.Row >= _first);
        _events.RemoveRange(0, old < 0 ? _events.Count : old);
    }

    /// <summary>Ends the recording at the last bar of the run.</summary>
    public void End() => IsWhole = true;

    /// <summary>Open time of a row, UTC ticks.</summary>
    public long TimeOf(long row) => _rows[(int)(row - _first)];

    /// <summary>Returns the last row that opens at a time or before; −1 if it is not kept.</summary>
    public long RowAt(long time)
    {
        var at = _rows.BinarySearch(time);
        if (at < 0) at = ~at - 1;
        return at < 0 ? -1 : _first + at;
    }

    /// <summary>The account after a row; null before the first kept row, unless an earlier checkpoint is kept.</summary>
    public (AccountState State, double Equity)? AccountAt(long row)
    {
        if (row < _first || row >= EndRow) return null;
        var (low, high) = (0, _checkpoints.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_checkpoints[middle].Row <= row) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? null : (Moved(_checkpoints[low - 1], row), _equity[(int)(row - _first)]);
    }

    // The age of open trades differs from the checkpoint, and so may their levels.
    private AccountState Moved((long Row, AccountState State) checkpoint, long row) => checkpoint.State with
    {
        Symbols = [.. checkpoint.State.Symbols.Select((s, i) => s.BarsInTrade < 0 ? s : s with
        {
            BarsInTrade = s.BarsInTrade + BarsBetween(_symbols[i], checkpoint.Row, row),
            Trades = [.. s.Trades.Select(t => LevelsOf(i, t.Number, checkpoint.Row, row) is { } moved
                ? t with { Stop = moved.Stop, Target = moved.Target } : t)],
        })],
    };

    private LevelChange? LevelsOf(int symbol, int trade, long after, long until)
    {
        var (low, high) = (0, _levels.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_levels[middle].Row <= until) low = middle + 1;
            else high = middle;
        }
        for (var i = low - 1; i >= 0 && _levels[i].Row > after; i--)
            if (_levels[i].Symbol == symbol && _levels[i].Trade == trade)
                return _levels[i];
        return null;
    }

    private long BarsBetween(SymbolTape symbol, long from, long to) =>
        symbol.IndexAt(TimeOf(to)) - (from < _first ? -1 : symbol.IndexAt(TimeOf(from)));

    /// <summary>The events of a row, in order.</summary>
    public IEnumerable<RunEvent> EventsOf(long row)
    {
        var (low, high) = (0, _events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_events[middle].Row < row) low = middle + 1;
            else high = middle;
        }
        for (; low < _events.Count && _events[low].Row == row; low++) yield return _events[low].Event;
    }

    /// <summary>All kept events of some kinds with their rows, in order.</summary>
    public IEnumerable<(long Row, RunEvent Event)> Events(RunEventKinds kinds) => _events.Where(e => (e.Event.Kind & kinds) != 0);
}
