using System.Collections.Frozen;
using Granary.Contracts.Batches;
using Granary.Contracts.Sessions;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Trading.Live;

/// <summary>The state of a trade in the strategy's own, simulated account, with which the broker's account is aligned.</summary>
internal enum WantedState : byte
{
    /// <summary>Its entry is waiting.</summary>
    Entry,
    Open,
    /// <summary>Its exit is waiting.</summary>
    Exit,
}

/// <summary>An open or waiting trade of a strategy.</summary>
internal sealed class WantedTrade
{
    public WantedState State;
    public int Symbol;
    /// <summary>The entry order of the strategy; the default if the order was created together with its fill.</summary>
    public Order Entry;
    public OrderType ExitType;
    public ExitReason ExitReason;
    /// <summary>The price to which the strategy moved its stop; 0 = not moved.</summary>
    public double MovedStop;
}

/// <summary>
/// A strategy of a live session, with its events in the current time slice. It has its own run as in a batch and, if the portfolio follows
/// accounts that reduce entries which they cannot pay for, a second run with such an account.
/// </summary>
internal sealed class LiveStrategy
{
    private readonly FeedStrategy _own;
    private readonly FeedStrategy? _member;
    private readonly IReadOnlyList<MarketSeries> _series;
    private IStrategyRun? _ownRun, _memberRun;

    public LiveStrategy(StrategyInstance instance, SharedFeed feed, IReadOnlyList<MarketSeries> series, bool hasMember)
    {
        (Instance, _series) = (instance, series);
        if (instance.Model is EntryModel { Watch: { } rule } model) Watch = new WatchedTrades(rule, model.Meaning);
        var settings = feed.Settings;
        _own = new FeedStrategy(instance, feed, hasMember ? settings : settings with { ListenerOf = ListenerOf });
        if (hasMember)
            _member = new FeedStrategy(instance with { Trading = instance.Trading with { ResizeToCash = true } }, feed,
                settings with { Events = settings.MemberEvents, ListenerOf = ListenerOf });
    }

    public StrategyInstance Instance { get; }

    /// <summary>Its own run; null after the strategy has failed.</summary>
    public IStrategyRun? Run => Error is null ? _ownRun : null;

    /// <summary>Why it has failed; null if it has not.</summary>
    public string? Error { get; private set; }

    /// <summary>The events of this time slice, in order.</summary>
    public List<(RunEvent Event, double[] Factors)> Events { get; } = [];

    /// <summary>The watch of its model; null without one.</summary>
    public WatchedTrades? Watch { get; }

    /// <summary>Events of time slices that the session has not reached yet; null if none are run ahead.</summary>
    public EventsAhead? Ahead { get; set; }

    /// <summary>Trades by the number of their signal.</summary>
    public Dictionary<int, WantedTrade> Trades { get; } = [];

    /// <summary>Trades of which manual orders have closed a part in this time slice.</summary>
    public List<int> Reductions { get; } = [];

    public IReadOnlyList<string> FactorNames { get; private set; } = [];

    // The run that the portfolio follows.
    private IStrategyRun? Followed => _memberRun ?? _ownRun;

    /// <summary>Creates the runs, before the feed's first block.</summary>
    public void Make(StrategyWatch watch)
    {
        _own.Make(watch);
        _member?.Make(watch);
        (_ownRun, _memberRun) = (_own.Run, _member?.Run);
        if ((_own.Error ?? _member?.Error) is { } error) Fail(error, long.MinValue);
        else FactorNames = Followed!.Factors(0).FactorNames;
    }

    /// <summary>Runs both over a prepared block of the feed. A failure of one ends the strategy.</summary>
    public void Process(PreparedBars block, StrategyWatch watch)
    {
        if (Error is not null) return;
        _own.Process(block, watch);
        // In a block that is run ahead, the other run has bars before the failure.
        if (_own.Error is null || Ahead is not null) _member?.Process(block, watch);
        if (_own.Error is { } error) Fail(error, _ownRun!.Now);
        if (_member?.Error is { } other) Fail(Error is null || _memberRun!.Now < _ownRun!.Now ? other : Error, _memberRun!.Now);
    }

    /// <summary>Whether a run has code for its end, so only <see cref="Finish"/> gives its digest.</summary>
    public bool ActsAtEnd => Run is { ActsAtEnd: true };

    /// <summary>Returns the digest of its own run if the bars ended now, 0 after a failure. The runs go on.</summary>
    public UInt128 DigestIfEnded() => Error is null ? _own.DigestIfEnded(null) : 0;

    /// <summary>Ends the runs.</summary>
    /// <param name="clock">Clock of the feed after all bars.</param>
    /// <param name="hasEnded">Whether the symbol has stopped trading.</param>
    public StrategyOutcome Finish(FeedClock clock, bool hasEnded)
    {
        if (Error is null)
        {
            var outcome = _own.Finish(clock, hasEnded);
            if (_own.Error is null) _member?.Finish(clock, hasEnded);
            if ((Error = _own.Error ?? _member?.Error) is null) return outcome;
        }
        return StrategyOutcome.Failed(Instance.Index, clock.Bars, Error);
    }

    // The account closes its open positions, since no strategy manages them any more.
    private void Fail(string error, long time)
    {
        Error = error;
        Ahead?.End(time);
        Events.Clear();
        Trades.Clear();
    }

    private volatile bool _isEnabled = true;
    private double _weight;

    /// <summary>Whether the portfolio accepts its entries.</summary>
    public bool IsEnabled
    {
        get => _isEnabled;
        set => _isEnabled = value;
    }

    /// <summary>The strategy's weight in the portfolio.</summary>
    public double Weight
    {
        get => Volatile.Read(ref _weight);
        set => Volatile.Write(ref _weight, value);
    }

    /// <summary>The current state of the strategy; thread-safe.</summary>
    public SessionStrategy Snapshot => Error is { } error ? Of(StrategyPhase.Failed, null, error)
        : Run?.Snapshot is { Bars: > 0 } now ? Of(StrategyPhase.Running, now, null) : Of(StrategyPhase.Waiting, null, null);

    private SessionStrategy Of(StrategyPhase phase, RunSnapshot? now, string? error) => new(Instance.Id, phase, now?.Bars ?? 0,
        now?.Trades ?? 0, now?.Equity, now?.Positions ?? FrozenDictionary<string, double>.Empty, error, IsEnabled, Weight);

    private void Add(in RunEvent e, double[] factors)
    {
        if (Ahead is { } ahead) ahead.Add(Followed!.Now, e);
        else Events.Add((e, factors));
    }

    // Listens to the run that the portfolio follows; the log is that run's.
    private Listener ListenerOf(StrategyInstance instance, IRunListener? log) => new(this, log);

    /// <summary>Keeps the events of the time slice and the wanted trades, and passes the events on to the log.</summary>
    private sealed class Listener(LiveStrategy owner, IRunListener? log) : IRunListener
    {
        // Manual orders that are not final.
        private readonly HashSet<(int Symbol, OrderId Order)> _manual = [];
        // The manual order that changed last: its last fill comes after its end.
        private (int Symbol, OrderId Order) _changed;

        public RunEventKinds Kinds => RunEventKinds.Logged | RunEventKinds.Order;

        public void On(in RunEvent e)
        {
            log?.On(e);
            if ((e.Kind & RunEventKinds.Logged) != 0) owner.Add(e, e.Kind == RunEventKinds.Signal ? FactorsOf(e.SymbolIndex) : []);
            switch (e.Kind)
            {
                case RunEventKinds.Signal when e.Signal.AtFill:
                    owner.Trades[e.Number] = new WantedTrade { State = WantedState.Open, Symbol = e.SymbolIndex };
                    break;
                case RunEventKinds.SignalEnded:
                    owner.Trades.Remove(e.Number);
                    break;
                case RunEventKinds.Fill when owner.Trades.TryGetValue(e.Number, out var filled):
                    Filled(filled, e.Fill, e.SymbolIndex);
                    break;
                case RunEventKinds.Trade when e.Trade is { Reason: not ExitReason.Open } trade:
                    Closed(trade);
                    break;
                case RunEventKinds.Order when e.Order is { Role: OrderRole.Net } order:
                    _changed = (e.SymbolIndex, order.Id);
                    if (order.State.IsFinal()) _manual.Remove(_changed);
                    else _manual.Add(_changed);
                    break;
                case RunEventKinds.Order when e.Order is { State: OrderState.Submitted } order:
                    Sent(order, e.SymbolIndex);
                    break;
                case RunEventKinds.StopMoved:
                    if (owner.Trades.TryGetValue(e.Number, out var open)) open.MovedStop = e.StopMoved.Price;
                    break;
                // The venue moves its stops too. A session that starts again sends this price.
                case RunEventKinds.Split when owner.Trades.TryGetValue(e.Number, out var split) && split.MovedStop > 0:
                    split.MovedStop = InstrumentOf(e.SymbolIndex).SplitPrice(split.MovedStop, e.Split.Ratio);
                    break;
                case RunEventKinds.Roll when owner.Trades.TryGetValue(e.Number, out var rolled) && rolled.MovedStop > 0:
                    var chain = InstrumentOf(e.SymbolIndex);
                    rolled.MovedStop = chain.RollPrice(rolled.MovedStop, chain.Changes[e.Roll.Change]);
                    break;
            }
        }

        private Instrument InstrumentOf(int symbol) =>
            owner._series.First(s => s.Instrument.Symbol == owner.Instance.Symbols[symbol]).Instrument;

        private void Filled(WantedTrade trade, in TradeFill fill, int symbol)
        {
            if (fill.IsEntry)
            {
                if (trade.State == WantedState.Entry) trade.State = WantedState.Open;
                return;
            }
            // Targets that close parts work at the venue. A replay of the past creates no orders.
            var order = (symbol, fill.Order);
            if ((_manual.Contains(order) || _changed == order) && owner.Ahead is null) owner.Reductions.Add(fill.Number);
        }

        private double[] FactorsOf(int symbol)
        {
            var reader = owner.Followed!.Factors(symbol);
            if (reader.FactorNames.Count == 0) return [];
            var factors = new double[reader.FactorNames.Count];
            reader.ReadFactors(factors);
            return factors;
        }

        private void Sent(in Order order, int symbol)
        {
            if (order.Role == OrderRole.Entry)
            {
                owner.Trades[order.TradeNumber] = new WantedTrade { State = WantedState.Entry, Symbol = symbol, Entry = order };
            }
            else if (order.Role == OrderRole.Exit && owner.Trades.TryGetValue(order.TradeNumber, out var trade))
            {
                (trade.State, trade.ExitType, trade.ExitReason) = (WantedState.Exit, order.Type, order.Reason);
            }
        }

        private void Closed(in Trade trade)
        {
            owner.Trades.Remove(trade.Number);
            if (owner.Instance.Model is EntryModel { Observer: { } observer })
                observer.OnTrade(owner.Instance.Symbols[trade.SymbolIndex], trade);
        }
    }
}
