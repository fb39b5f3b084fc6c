using System.Reflection;
using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Backtesting;

/// <summary>
/// Runs one strategy on several symbols with one account, from the first time slice to the last. It receives stretches of the joined
/// timeline in order, of any length.
/// </summary>
/// <remarks>
/// Each time slice processes the bars that open in it (<see cref="AccountSlice"/>), and calls the strategy once when they have closed.
/// Equity is marked in every time slice; a symbol without a bar counts at its last close.
/// </remarks>
internal sealed class MultiSymbolRun : IStrategyRun
{
    private readonly MultiSymbolStrategy _strategy;
    private readonly SharedAccount _account;
    private readonly AccountSlice _slice;
    private readonly EquityMeter _meter;
    private readonly SymbolContext[] _symbols;
    private readonly MultiSymbolContext _context;
    private readonly bool[] _touched;
    private readonly MarketActivity _activity;
    private double[] _equity = [];
    private readonly IReadOnlyList<FactorPlan> _plans;
    private readonly bool _listens;
    private readonly AtEnd _atEnd;
    private bool _started, _ready;
    private long _rows, _lastTime, _from, _until;

    /// <param name="id">Stable over runs, as <c>Class(a=1,b=2)@SYM1+SYM2:TF</c>.</param>
    /// <param name="series">In the order of the joined blocks' symbols.</param>
    /// <param name="plans">
    /// One for each symbol; the strategy's factors are added to all. Make all runs of a feed before its first block.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The strategy does not trade this number of symbols; one sentence that can be shown as it is.
    /// </exception>
    /// <param name="listener">
    /// Receives the events of all symbols as they happen, which are numbered over all symbols; null where only the result counts.
    /// </param>
    public MultiSymbolRun(string id, MultiSymbolStrategy strategy, IReadOnlyList<MarketSeries> series, TradingSettings settings,
        ExecutionSettings execution, IReadOnlyList<FactorPlan> plans, IRunListener? listener = null)
    {
        if (series.Count < strategy.LeastSymbols || series.Count > strategy.MostSymbols)
            throw new InputException($"{strategy.GetType().Name} trades {Wanted(strategy)} together, and the batch gives "
                + $"it {series.Count}: name them in the strategy's 'symbols'");
        Id = id;
        Series = series;
        _plans = plans;
        _strategy = strategy;
        (_from, _until) = (settings.TradeFrom, settings.TradeUntil);
        _atEnd = execution.AtEnd;
        _account = new SharedAccount(settings.Cash, execution, settings.TradeFrom, settings.TradeUntil);
        _slice = new AccountSlice(_account, execution);
        _meter = new EquityMeter(settings.Cash, settings.TradeFrom);
        _symbols = new SymbolContext[series.Count];
        _touched = new bool[series.Count];
        _activity = new MarketActivity(series.Count);
        _listens = Overrides(strategy, nameof(Strategy.OnOrder)) || Overrides(strategy, nameof(Strategy.OnTrade));
        var range = strategy.UseAtr(settings);
        string[] symbols = [.. series.Select(s => s.Instrument.Symbol)];
        for (var s = 0; s < _symbols.Length; s++)
        {
            var book = new StrategyBook(series[s], settings, execution, listener, _account, s);
            var (bars, plan) = (series[s], plans[s]);
            _symbols[s] = new SymbolContext(s, book, bars, strategy,
                [.. strategy.Factors.Select(f => plan.Add(f.Request, bars, symbols) + f.Line)]);
            var context = _symbols[s];
            if (range is not null) book.AverageTrueRange = _ => context.TradedDistance(context[range]);
            if (_listens) book.CallBack(new StrategyCallbacks(strategy, _symbols[s]));
        }
        _context = new MultiSymbolContext(_symbols, _account);
    }

    /// <summary>Lets a model filter the strategy's entries, each by its symbol's own bars; before the feed's first block.</summary>
    /// <param name="model">Null = none.</param>
    public void FilterEntries(IEntryModel? model)
    {
        for (var s = 0; model is not null && s < _symbols.Length; s++) _symbols[s].FilterEntries(model, _plans[s]);
    }

    public string Id { get; }

    public IReadOnlyList<MarketSeries> Series { get; }

    /// <summary>Time slices so far.</summary>
    public long Bars => _rows;

    /// <inheritdoc/>
    public bool IsWarm => _ready;

    /// <inheritdoc/>
    public (string Factor, int Bars) WarmUp => _plans[0].WarmUpOf(_strategy, Series[0]);

    public int TradeCount => _account.Trades.Trades;

    /// <inheritdoc/>
    public RunSnapshot Snapshot => new(Bars, TradeCount, _meter.Equity, StrategyRun.PositionsOf(_symbols.Select(s => s.Book)));

    /// <inheritdoc/>
    public IReadOnlyList<DeclaredCondition> Conditions => _strategy.Conditions;

    /// <inheritdoc/>
    public double Equity => _account.Equity;

    /// <inheritdoc/>
    public AccountState ReadAccount() => new(_account.Cash, _account.Equity,
        [.. _symbols.Select(s => s.Book.ReadState(s.BarNumber))]);

    /// <inheritdoc/>
    public long Now { get; private set; } = long.MinValue;

    /// <summary>A symbol's factors in the current time slice, for the writer that stores them beside its signals.</summary>
    public IFactorReader Factors(int symbol) => _symbols[symbol];

    void IStrategyRun.Process(PreparedBars bars) => Process((PreparedJoin)bars);

    void IStrategyRun.EndData()
    {
    }

    /// <summary>The next stretch of the timeline, and its factors.</summary>
    /// <exception cref="InvalidOperationException">It does not follow the one before.</exception>
    public void Process(PreparedJoin join)
    {
        var block = join.Block;
        if (block.FirstRow != _rows)
            throw new InvalidOperationException($"{Id} has seen {_rows} timestamps and cannot continue with number {block.FirstRow}");
        // As long as the block, since columns of a block are.
        if (_equity.Length != block.Count) _equity = new double[block.Count];
        var marks = new BarBlock(block.FirstRow, block.TimeColumn, _equity, _equity, _equity, _equity, join.Nothing);
        var (from, exposed, lives) = (0, false, _account.IsRuined ? 0 : 1);
        for (var row = 0; row < block.Count; row++)
        {
            Now = block.TimeColumn[row];
            if (!_started && block.TimeColumn[row] >= _from)
            {
                _started = true;
                _context.Now = block.TimeColumn[row];
                _strategy.OnStart(_context);
            }
            if (block.TimeColumn[row] >= _until) HandOver(row > 0 ? block.TimeColumn[row - 1] : _lastTime);
            Run(join, row);
            _equity[row] = _account.Mark(out var holds);
            if (exposed == holds && (lives == 0 || !_account.IsRuined)) continue;
            _meter.Mark(0, lives, exposed, marks, join.Calendar, from, row);
            (from, exposed, lives) = (row, holds, _account.IsRuined ? 0 : 1);
        }
        _meter.Mark(0, lives, exposed, marks, join.Calendar, from, block.Count);
        for (var s = 0; s < _symbols.Length; s++)
            if (join.Symbol(s) is { } prepared)
                _symbols[s].Leave(prepared.Block, prepared.Seen, join.Calendar);
        _rows += block.Count;
        _lastTime = block.TimeColumn[^1];
    }

    private void HandOver(long time)
    {
        _until = long.MaxValue;
        foreach (var symbol in _symbols) symbol.Book.HandOver(time);
    }

    private void Run(PreparedJoin join, int row)
    {
        var (block, active) = (join.Block, false);
        _account.BookInterest(block.TimeColumn[row]);
        for (var s = 0; s < _symbols.Length; s++)
        {
            var symbol = _symbols[s];
            var index = block.IndexAt(s, row);
            if (index < 0)
            {
                _touched[s] = false;
                symbol.NoBar(block.TimeColumn[row]);
                continue;
            }
            _activity.Mark(s);
            MoveTo(symbol, index, join.Symbol(s)!);
            // Asked before the open is worked, which may use up the last order and leave a stop.
            active |= _touched[s] = symbol.Book.Active && symbol.Book.IsTouchedBy(symbol.Low, symbol.High)
                || symbol.Book.MayEndIn(index);
        }

        if (active)
        {
            for (var s = 0; s < _symbols.Length; s++)
                if (_touched[s])
                    _slice.Add(_symbols[s].Book, _symbols[s].Index);
            _slice.Process();
        }
        if (_activity.EndTimestamp(block.TimeColumn[row])) Expire(block.TimeColumn[row]);
        foreach (var symbol in _symbols)
        {
            symbol.Book.EndSlice(symbol.Index, symbol.HasBar);
            if (!_ready) _ready = symbol.IsReady;
        }

        // In which order the symbols' prices went within the bar is not known: what counts is the equity at their closes.
        if (_account.EndsAtCloses())
            foreach (var symbol in _symbols)
                symbol.Book.Liquidate(symbol.Index);
        if (_account.IsCalled)
            foreach (var symbol in _symbols)
                symbol.Book.CallMargin(symbol.Index);
        if (active) AddSteps();

        _context.Now = block.TimeColumn[row];
        _context.BarNumber = block.FirstRow + row;
        Tell();
        if (!_ready) return;
        if (!_started)
        {
            // Bars before the account's first: crossings follow their lines.
            foreach (var symbol in _symbols) symbol.FollowCrossings();
            return;
        }
        _strategy.OnBar(_context);
        Tell();
    }

    private static void MoveTo(SymbolContext symbol, int index, PreparedBlock prepared)
    {
        symbol.MoveTo(index, prepared.Block, prepared.Seen, prepared.Sheet, prepared.Calendar);
        if (prepared.Steps is not { } steps) return;
        foreach (var step in steps)
            if (step.Index != index) continue;
            else if (step.Restarts) symbol.Restart();
            else symbol.Book.ExpectChange();
    }

    private void AddSteps()
    {
        for (var s = 0; s < _symbols.Length; s++)
            if (_touched[s])
                _symbols[s].Book.AddSteps(_symbols[s].Index);
    }

    // Entries in a symbol that has stopped trading would keep the account's cash reserved for ever, and a position would be held at a price
    // of the past.
    private void Expire(long time)
    {
        for (var s = 0; s < _symbols.Length; s++)
        {
            if (!_activity.IsInactive(s)) continue;
            _symbols[s].Book.ExpireEntries(time);
            if (_atEnd == AtEnd.Close) _symbols[s].Book.CloseEnded(_symbols[s].Index);
        }
    }

    // Call-backs may act on other symbols, whose call-backs come next.
    private void Tell()
    {
        if (!_listens) return;
        bool any;
        var rounds = 0;
        do
        {
            any = false;
            foreach (var symbol in _symbols)
            {
                if (!symbol.Book.HasNotices) continue;
                any = true;
                symbol.Book.Dispatch();
            }
            if (++rounds > 10_000) throw new InvalidOperationException($"{Id} answers its own order events without end");
        }
        while (any);
    }

    /// <inheritdoc/>
    public bool ActsAtEnd => Overrides(_strategy, nameof(Strategy.OnStop));

    /// <inheritdoc/>
    public UInt128 DigestIfEnded(IRunListener? listener)
    {
        var digest = new DigestState();
        foreach (var symbol in _symbols)
        {
            var value = symbol.Book.DigestIfEnded(_lastTime, symbol.Book.LastPrice, symbol.BarNumber, listener);
            digest.Add((ulong)(value >> 64), (ulong)value);
        }
        _meter.SoFar().AddTo(ref digest);
        return digest.Value;
    }

    public StrategyResult Finish()
    {
        if (_started) _strategy.OnStop(_context);
        var digest = new DigestState();
        var signals = 0;
        var ends = new SignalEnds();
        foreach (var symbol in _symbols)
        {
            symbol.Book.Finish(_lastTime, symbol.Book.LastPrice, symbol.BarNumber);
            signals += symbol.Book.SignalCount;
            ends += symbol.Book.SignalEnds;
            var value = symbol.Book.Digest;
            digest.Add((ulong)(value >> 64), (ulong)value);
        }
        var sums = _meter.Finish();
        sums.AddTo(ref digest);
        return new StrategyResult(Id, sums, _account.Trades, signals, digest.Value) { SignalEnds = ends, IsWarm = _ready };
    }

    private static string Wanted(MultiSymbolStrategy strategy) => strategy.MostSymbols == int.MaxValue
        ? $"at least {strategy.LeastSymbols} symbols"
        : strategy.LeastSymbols == strategy.MostSymbols ? $"{strategy.LeastSymbols} symbols"
        : $"{strategy.LeastSymbols} to {strategy.MostSymbols} symbols";

    // Whether anybody below the base classes does.
    private static bool Overrides(MultiSymbolStrategy strategy, string method) =>
        strategy.GetType().GetMethods(BindingFlags.Instance | BindingFlags.Public)
            .Any(m => m.Name == method && m.DeclaringType != typeof(MultiSymbolStrategy) && m.DeclaringType != typeof(Strategy));
}
