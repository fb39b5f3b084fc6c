using System.Collections.Frozen;
using Granary.Contracts.Batches;
using Granary.Contracts.Sessions;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;

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

/// <summary>A strategy of a live session, with its run and its events in the current time slice.</summary>
/// <param name="log">The log of its own run.</param>
/// <param name="memberLog">The log of the run that the portfolio follows, if that is a different one.</param>
internal sealed class LiveStrategy(StrategyInstance instance, RunEventWriter? log, RunEventWriter? memberLog)
{
    public StrategyInstance Instance => instance;

    public RunEventWriter? Log => log;

    public IStrategyRun? Run { get; set; }

    /// <summary>The log of the portfolio's signals and trades.</summary>
    public RunEventWriter? MemberLog => memberLog;

    /// <summary>
    /// The run that the portfolio follows, on an account that reduces entries which it cannot pay for; null if the portfolio follows
    /// <see cref="Run"/>.
    /// </summary>
    public IStrategyRun? Member { get; set; }

    public string? Error { get; set; }

    /// <summary>The events of this time slice, in order.</summary>
    public List<(RunEvent Event, double[] Factors)> Events { get; } = [];

    /// <summary>The run that the portfolio follows; null after the strategy has failed.</summary>
    public IStrategyRun? Followed => Member ?? Run;

    /// <summary>Events of time slices that the session has not reached yet; null if none are run ahead.</summary>
    public EventsAhead? Ahead { get; set; }

    /// <summary>Trades by the number of their signal.</summary>
    public Dictionary<int, WantedTrade> Trades { get; } = [];

    public IReadOnlyList<string> FactorNames { get; set; } = [];

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
    public SessionStrategy Standing => Error is { } error ? Of(StrategyPhase.Failed, null, error)
        : Run?.Standing is { Bars: > 0 } now ? Of(StrategyPhase.Running, now, null) : Of(StrategyPhase.Waiting, null, null);

    private SessionStrategy Of(StrategyPhase phase, RunStanding? now, string? error) => new(instance.Id, phase, now?.Bars ?? 0,
        now?.Trades ?? 0, now?.Equity, now?.Positions ?? FrozenDictionary<string, double>.Empty, error, IsEnabled, Weight);

    private void Add(in RunEvent e, double[] factors)
    {
        if (Ahead is { } ahead) ahead.Add(Followed!.Now, e);
        else Events.Add((e, factors));
    }

    /// <summary>Creates the observer of the run that the portfolio follows.</summary>
    /// <param name="writer">The log of that run.</param>
    public Observer ObserverOf(int symbol, RunEventWriter? writer) =>
        new(this, symbol, instance.Symbols.Count > 1 ? writer?.ForSymbol(symbol) : writer);

    /// <summary>Observes the orders and events of one symbol.</summary>
    internal sealed class Observer(LiveStrategy owner, int symbol, IRunObserver? log) : IRunObserver, IOrderObserver
    {
        public IFactorReader? Factors { get; set; }

        public IRunObserver? LogOf => log;

        public void OnSignal(in Signal signal)
        {
            log?.OnSignal(signal);
            var factors = Factors is { FactorNames.Count: > 0 and var n } ? new double[n] : [];
            if (factors.Length > 0) Factors!.ReadFactors(factors);
            owner.Add(RunEvent.Of(signal, factors.Length, symbol), factors);
            if (signal.AtFill) owner.Trades[signal.Number] = new WantedTrade { State = WantedState.Open, Symbol = symbol };
        }

        public void OnSignalEnded(int number, SignalEnd end, long time)
        {
            log?.OnSignalEnded(number, end, time);
            owner.Add(RunEvent.Of(new SignalEndedEvent(number, end, time)), []);
            owner.Trades.Remove(number);
        }

        public void OnEntry(int number, long time, double price, double quantity, double commission) =>
            OnFill(new TradeFill(number, time, price, quantity, commission, default, IsEntry: true, IsFirst: true, IsMaker: false));

        public void OnFill(in TradeFill fill)
        {
            log?.OnFill(fill);
            owner.Add(RunEvent.Of(fill, symbol), []);
            if (fill.IsEntry && owner.Trades.TryGetValue(fill.Number, out var trade) && trade.State == WantedState.Entry)
                trade.State = WantedState.Open;
        }

        public void OnEntryEnded(int number, long time)
        {
            log?.OnEntryEnded(number, time);
            owner.Add(RunEvent.EntryEnded(number, time), []);
        }

        public void OnExiting(int number, long time)
        {
            log?.OnExiting(number, time);
            owner.Add(RunEvent.Exiting(number, time), []);
        }

        public void OnCashShort(long time) => log?.OnCashShort(time);

        public void OnEntryCut(int number, long time, double rest)
        {
            log?.OnEntryCut(number, time, rest);
            owner.Add(RunEvent.Of(new EntryCutEvent(number, time, rest)), []);
        }

        public void OnFinancing(int number, long time, FinancingKind kind, double amount)
        {
            log?.OnFinancing(number, time, kind, amount);
            owner.Add(RunEvent.Of(new FinancingEvent(number, time, kind, amount)), []);
        }

        public void OnSplit(int number, long time, long exDate, double ratio)
        {
            log?.OnSplit(number, time, exDate, ratio);
            owner.Add(RunEvent.Of(new SplitEvent(number, time, exDate, ratio)), []);
        }

        public void OnClosedPart(in Trade part) => log?.OnClosedPart(part);

        public void OnTrade(in Trade trade)
        {
            log?.OnTrade(trade);
            owner.Add(RunEvent.Of(trade, symbol), []);
            if (trade.Reason == ExitReason.Open) return;
            owner.Trades.Remove(trade.Number);
            if (owner.Instance.Model is EntryModel { Observer: { } observer }) observer.OnTrade(owner.Instance.Symbols[symbol], trade);
        }

        public void OnOrder(in Order order)
        {
            if (order.State != OrderState.Submitted) return;
            if (order.Role == OrderRole.Entry)
            {
                owner.Trades[order.TradeNumber] = new WantedTrade { State = WantedState.Entry, Symbol = symbol, Entry = order };
            }
            else if (order.Role == OrderRole.Exit && owner.Trades.TryGetValue(order.TradeNumber, out var trade))
            {
                (trade.State, trade.ExitType, trade.ExitReason) = (WantedState.Exit, order.Type, order.Reason);
            }
        }

        public void OnStopMoved(int trade, double price)
        {
            if (owner.Trades.TryGetValue(trade, out var open)) open.MovedStop = price;
        }
    }
}
