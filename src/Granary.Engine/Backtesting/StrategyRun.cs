using System.Reflection;
using System.Runtime.CompilerServices;
using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Backtesting;

/// <summary>
/// Runs one strategy on one feed, from the first bar to the last. Every host drives this state machine: the in-process batch, a grain or a
/// live session. It processes blocks in order, of any size, with the feed's factors over them.
/// </summary>
internal sealed class StrategyRun : IStrategyRun, IFactorReader
{
    private readonly Strategy _strategy;
    private readonly StrategyBook _book;
    private readonly StrategyContext _context;
    private readonly Factor[] _factors;
    private readonly FactorPlan _plan;
    private string[]? _factorNames;
    private BarBlock _block = null!;
    private FactorSheet? _sheet;
    // The bars besides crossings at which the strategy may act; null if it may act at each bar.
    private readonly Occasion[]? _occasions;
    private bool _warm, _started;
    private long _from;
    private readonly bool _closesAtEnd;

    /// <param name="id">Stable over runs, as <c>Class(a=1,b=2)@SYMBOL:TF</c>.</param>
    /// <param name="plan">The feed's; the strategy's factors are added to it. Make all runs of a feed before its first block.</param>
    /// <param name="listener">Receives the events of the run as they happen; null where only the result counts.</param>
    /// <exception cref="ArgumentException">A factor cannot be computed over this feed; one sentence that can be shown as it is.</exception>
    public StrategyRun(string id, Strategy strategy, MarketSeries series, TradingSettings settings, ExecutionSettings execution,
        FactorPlan plan, IRunListener? listener = null)
    {
        if (strategy is MultiSymbolStrategy)
            throw new ArgumentException($"{strategy.GetType().Name} trades several symbols: run it as a {nameof(MultiSymbolRun)}",
                nameof(strategy));
        Id = id;
        _plan = plan;
        _strategy = strategy;
        Series = series;
        _book = new StrategyBook(series, settings, execution, listener);
        (_from, _until) = (settings.TradeFrom, settings.TradeUntil);
        _closesAtEnd = execution.AtEnd == AtEnd.Close;
        _context = new StrategyContext(_book, series);
        if (strategy.UseAtr(settings) is { } range)
            _book.AverageTrueRange = SeenPrices.Of(series.Instrument) is null ? range.At : i => _context.TradedDistance(range.At(i));
        _factors = [.. strategy.Factors];
        foreach (var crossing in strategy.Crossings.Reverse())
        {
            crossing.Following = _crossing;
            _crossing = crossing;
        }
        foreach (var factor in _factors)
            factor.Slot = plan.Add(factor.Request, series) + factor.Line;
        _occasions = strategy.Occasions;
        foreach (var occasion in _occasions ?? []) occasion.AddTo(plan);
        if (Overrides(strategy, nameof(Strategy.OnOrder)) || Overrides(strategy, nameof(Strategy.OnTrade)))
            _book.CallBack(new StrategyCallbacks(strategy, _context));
    }

    public string Id { get; }

    public MarketSeries Series { get; }

    // Fields that every block reads stand next to each other in memory, because a block reads those of a thousand strategies in turn.
    private IEntryFilter? _filter;
    private Crossing? _crossing;
    private long _lastIndex = -1, _until;
    // True if the strategy acts only at crossings and no order, protection or financing is pending: a block without a crossing changes
    // nothing.
    private bool _rests;

    /// <summary>Bars seen so far.</summary>
    public long Bars => _lastIndex + 1;

    /// <inheritdoc/>
    public bool IsWarm => _warm;

    /// <inheritdoc/>
    public (string Factor, int Bars) WarmUp => _plan.WarmUpOf(_strategy, Series);

    /// <summary>Trades closed so far.</summary>
    public int TradeCount => _book.Trades.Trades;

    /// <inheritdoc/>
    public RunSnapshot Snapshot => new(Bars, TradeCount, _book.Equity, PositionsOf([_book]));

    /// <inheritdoc/>
    public IReadOnlyList<DeclaredCondition> Conditions => _strategy.Conditions;

    /// <inheritdoc/>
    public double Equity => _block is null ? _book.Equity : _book.EquityAtClose(_block.Count - 1);

    /// <inheritdoc/>
    public AccountState ReadAccount()
    {
        // The equity moves to the rate of the close.
        var equity = Equity;
        return new AccountState(_book.Cash, equity, [_book.ReadState(_lastIndex)]);
    }

    /// <inheritdoc/>
    public long Now => _block is null ? long.MinValue : _block.TimeColumn[Math.Min(_context.Index, _block.Count - 1)];

    internal static IReadOnlyDictionary<string, double> PositionsOf(IEnumerable<StrategyBook> books) =>
        books.Where(b => b.NetQuantity != 0).ToDictionary(b => b.Instrument.Symbol, b => b.NetQuantity, StringComparer.Ordinal);

    internal StrategyBook Book => _book;

    private Bar Last => _block[_block.Count - 1];

    /// <summary>The factors that the strategy reads, as it declared them.</summary>
    public IReadOnlyList<string> FactorNames => _factorNames ??= [.. _factors.Select(f => f.ToString())];

    /// <summary>Copies the values of the strategy's factors at the current bar.</summary>
    public IFactorReader Factors(int symbol) => this;

    public void ReadFactors(Span<double> values)
    {
        for (var i = 0; i < _factors.Length; i++) values[i] = _factors[i].At(_context.Index);
    }

    /// <summary>Sets a model that filters the strategy's entries; call it before the feed's first block.</summary>
    /// <param name="model">Null = none.</param>
    public void FilterEntries(IEntryModel? model)
    {
        if (model is not null) _book.FilterEntries(_filter = model.Attach(Series, _plan));
    }

    /// <summary>Processes the next block of the feed, as its pipeline has prepared it.</summary>
    /// <exception cref="InvalidOperationException">The block does not follow the one before.</exception>
    public void Process(PreparedBlock prepared)
    {
        var block = prepared.Block;
        if (block.FirstIndex != _lastIndex + 1) Refuse(block);
        if (prepared.Offset == 0) Bind(prepared);
        ProcessBlock(prepared);
        if (!prepared.IsOpen) _book.MarkAll();
    }

    void IStrategyRun.Process(PreparedBars bars)
    {
        // On a joined timeline, a stretch may have no bar of this symbol.
        if (bars.Own is { } own) Process(own);
    }

    private void Refuse(BarBlock block) =>
        throw new InvalidOperationException($"{Id} has seen {_lastIndex + 1} bars and cannot go on with bar {block.FirstIndex}");

    private void Bind(PreparedBlock prepared)
    {
        if (!ReferenceEquals(prepared.Sheet, _sheet)) Bind(prepared.Sheet);
        _book.Bind(prepared.Bars, prepared.Marks, prepared.MarkCalendar, prepared.Before);
        _context.Bind(prepared.SeenBars);
        _block = prepared.Bars;
    }

    // Processes a block that contains the same bars as the bound one.
    private void ProcessBlock(PreparedBlock prepared)
    {
        var block = prepared.Block;
        var n = block.Count;
        var turn = n;
        for (var crossing = _crossing; crossing is not null; crossing = crossing.Following)
            turn = Math.Min(turn, crossing.Begin(n));
        _filter?.Bind(prepared.Seen, prepared.Sheet);
        if (prepared.Steps is { } steps) ProcessListings(n, prepared.Offset, steps);
        else if (!_rests || turn < n || _until <= block.TimeColumn[n - 1]) ProcessBars(n, prepared.Offset);
        _lastIndex += n;
    }

    private void ProcessBars(int n, int offset)
    {
        _book.Begin(offset);
        ProcessStretch(0, n);
        _rests = _occasions is [] && _warm && _started && _book.Rests;
    }

    // Processes a block in which the symbol's listing changes, in the stretches between: the book sees the bar of each change, and at the
    // first bar of a new listing the strategy begins again.
    private void ProcessListings(int n, int offset, IReadOnlyList<ListingStep> steps)
    {
        _book.Begin(offset);
        var from = 0;
        foreach (var step in steps)
        {
            if (from < step.Index) ProcessStretch(from, step.Index);
            from = step.Index;
            if (step.Restarts) Restart(from);
            else _book.ExpectChange();
        }
        ProcessStretch(from, n);
        _rests = false;
    }

    private void Restart(int index)
    {
        _warm = false;
        foreach (var factor in _factors) factor.IsWarm = false;
        for (var crossing = _crossing; crossing is not null; crossing = crossing.Following) crossing.Restart(index);
    }

    // Processes the bars [start, n) of the block.
    private void ProcessStretch(int start, int n)
    {
        var block = _block;
        var i = _warm ? start : FirstWarm(start, n);
        var asked = block.TimeColumn[0] >= _from ? 0 : FirstFrom(_from);
        if (!_started && asked < n)
        {
            _started = true;
            _context.Index = asked;
            _strategy.OnStart(_context);
        }
        // Cash earns before the factors have a value.
        if (i > asked && _book.BearsInterest)
            for (var cold = Math.Max(asked, start); cold < Math.Min(i, n); cold = EndOfDay(cold, n))
                if (_book.ExpectNight(cold)) _book.Process(cold);
        if (i < asked) i = FollowUntil(i, Math.Min(asked, n));
        if (_until <= block.TimeColumn[n - 1])
        {
            var end = FirstFrom(_until);
            i = Run(i, end);
            _book.HandOver(_book.TimeBefore(end));
            _until = long.MaxValue;
        }
        Run(i, n);
    }

    // A sheet keeps its columns and a feed reuses its sheets; a live session has one sheet for all its bars.
    private void Bind(FactorSheet sheet)
    {
        foreach (var factor in _factors) factor.Column = sheet[factor.Slot];
        for (var crossing = _crossing; crossing is not null; crossing = crossing.Following) crossing.Bind();
        foreach (var occasion in _occasions ?? []) occasion.Bind(sheet);
        _sheet = sheet;
    }

    // Bars before the account's first bar: the strategy is not called, but its crossings are updated.
    private int FollowUntil(int i, int n)
    {
        for (; i < n; i++)
        {
            _context.Index = i;
            for (var crossing = _crossing; crossing is not null; crossing = crossing.Following) crossing.At(_context);
        }
        return n;
    }

    // Processes the bars [i, n) of the block; returns the bar after them.
    private int Run(int i, int n)
    {
        var book = _book;
        while (i < n)
        {
            var end = n;
            if (book.BearsInterest)
            {
                // A night comes with the first bar of a day.
                book.ExpectNight(i);
                end = EndOfDay(i, n);
            }
            i = _occasions is { } occasions
                ? (book.Active ? RunActiveAt(occasions, i, end) : RunQuietAt(occasions, i, end))
                : book.Active ? RunActive(i, end) : RunQuiet(i, end);
            if (book.HasNotices) book.Dispatch();
        }
        return i;
    }

    // The first bar of [i, n) that opens on a later day than bar i, or at which another account takes over.
    private int EndOfDay(int i, int n)
    {
        var time = _block.TimeColumn[i];
        var next = (time / TimeSpan.TicksPerDay + 1) * TimeSpan.TicksPerDay;
        return Math.Min(n, FirstFrom(_until > time && _until < next ? _until : next));
    }

    // The first bar of the block that opens at a time or later.
    private int FirstFrom(long time)
    {
        var at = _block.Time.BinarySearch(time);
        return at < 0 ? ~at : at;
    }

    // Without waiting orders and protection only the strategy is called, until it acts. This is a separate loop so that its state fits
    // the registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int RunQuiet(int i, int n)
    {
        var (book, context, strategy) = (_book, _context, _strategy);
        for (; i < n; i++)
        {
            context.Index = i;
            strategy.OnBar(context);
            if (book.Active) return i + 1;
        }
        return n;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int RunActive(int i, int n)
    {
        var (book, context, strategy) = (_book, _context, _strategy);
        var low = _block.LowColumn;
        var high = _block.HighColumn;
        for (; i < n; i++)
        {
            context.Index = i;
            if (book.IsTouchedBy(low[i], high[i])) book.Process(i);
            strategy.OnBar(context);
            if (!book.Active || book.HasNotices) return i + 1;
        }
        return n;
    }

    // The same for a strategy that declares where it acts: it is called at a bar if a declared crossing may turn at it, or if a declared
    // occasion holds and the account permits one of its acts. That depends on the bars and the account alone: neither on the length of
    // blocks nor on which of the two loops runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int RunQuietAt(Occasion[] occasions, int i, int n)
    {
        var (book, context, strategy) = (_book, _context, _strategy);
        for (; (i = NextTurn(occasions, PossibleActs(occasions), i, n)) < n; i++)
        {
            context.Index = i;
            strategy.OnBar(context);
            if (book.Active) return i + 1;
        }
        context.Index = n - 1;
        return n;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int RunActiveAt(Occasion[] occasions, int i, int n)
    {
        const Acts all = (Acts)byte.MaxValue;
        var (book, context, strategy) = (_book, _context, _strategy);
        var low = _block.LowColumn;
        var high = _block.HighColumn;
        for (var turn = NextTurn(occasions, all, i, n); i < n; i++)
        {
            context.Index = i;
            if (book.IsTouchedBy(low[i], high[i])) book.Process(i);
            if (i == turn)
            {
                if (occasions.Length == 0 || NextTurn(occasions, PossibleActs(occasions), i, i + 1) == i) strategy.OnBar(context);
                turn = NextTurn(occasions, all, i + 1, n);
            }
            if (!book.Active || book.HasNotices) return i + 1;
        }
        return n;
    }

    // Returns the first bar from i on at which a crossing may occur or an occasion holds; n if there is none.
    private int NextTurn(Occasion[] occasions, Acts acts, int i, int n)
    {
        var next = n;
        for (var crossing = _crossing; crossing is not null; crossing = crossing.Following) next = Math.Min(next, crossing.Next);
        if (next <= i) return i;
        return occasions.Length == 0 ? next : Occasion.Next(occasions, acts, i, next);
    }

    // Actions of the strategy that could change the account now. An exit also cancels the waiting entries of its side.
    private Acts PossibleActs(Occasion[] occasions)
    {
        if (occasions.Length == 0) return Acts.None;
        var book = _book;
        var isLong = book.HasOpen(Side.Buy) || book.HasPendingEntry(Side.Buy);
        var isShort = book.HasOpen(Side.Sell) || book.HasPendingEntry(Side.Sell);
        var acts = Acts.Any;
        if (isLong) acts |= Acts.ExitLong;
        if (isShort) acts |= Acts.ExitShort;
        if (isShort || book.HasRoom(Side.Buy)) acts |= Acts.Buy;
        if (isLong || book.HasRoom(Side.Sell)) acts |= Acts.Sell;
        return acts;
    }

    // The first bar of the block at which every declared factor has had a value; the end if there is none.
    private int FirstWarm(int start, int count)
    {
        var first = start;
        foreach (var factor in _factors)
        {
            if (factor.IsWarm) continue;
            var i = start;
            while (i < count && double.IsNaN(factor.Column[i])) i++;
            factor.IsWarm = i < count;
            first = Math.Max(first, i);
        }
        _warm = first < count;
        return first;
    }

    /// <summary>
    /// Ends the symbol's bars while other symbols continue. If the batch says so, open positions are closed at the last close. Call it
    /// before <see cref="Finish"/>.
    /// </summary>
    public void EndData()
    {
        if (_closesAtEnd && _block is not null) _book.CloseAtEnd(Last.Time, Last.Close, _lastIndex);
    }

    /// <inheritdoc/>
    public bool ActsAtEnd => Overrides(_strategy, nameof(Strategy.OnStop));

    /// <inheritdoc/>
    public UInt128 DigestIfEnded(IRunListener? listener)
    {
        // The time of the run is that of its last bar, as after the end.
        if (_block is not null) _context.Index = _block.Count - 1;
        var last = _block is null ? default : Last;
        return _book.DigestIfEnded(last.Time, last.Close, _lastIndex, listener);
    }

    /// <summary>Ends the run after the last block and returns its result. Open trades stay open and are marked at the last close.</summary>
    public StrategyResult Finish()
    {
        _book.MarkAll();
        if (_block is not null) _context.Index = _block.Count - 1;
        if (_started) _strategy.OnStop(_context);
        var last = _block is null ? default : Last;
        var sums = _book.Finish(last.Time, last.Close, _lastIndex)!;
        return new StrategyResult(Id, sums, _book.Trades, _book.SignalCount, _book.Digest)
        {
            SignalEnds = _book.SignalEnds,
            IsWarm = _warm
        };
    }

    private static bool Overrides(Strategy strategy, string method) =>
        strategy.GetType().GetMethod(method, BindingFlags.Instance | BindingFlags.Public)!.DeclaringType != typeof(Strategy);
}
