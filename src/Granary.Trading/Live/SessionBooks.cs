using Granary.Data.Feeds;
using Granary.Engine.Brokerage;
using Granary.Engine.Market.Feeds;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Trading.Live;

/// <summary>
/// The state of a session that follows from its bars and facts: strategies and portfolio, the account's ledger and orders, and what the
/// operator has set. A session and the replay of its journal change it alike.
/// </summary>
internal sealed class SessionBooks
{
    private readonly OpenedSession _opened;
    // The number of bars before the account's first trade.
    private long _warm;

    /// <param name="pass">All strategies of the plan, with the instruments of its markets.</param>
    public SessionBooks(OpenedSession opened, StrategyPass pass)
    {
        var (spec, options, journal) = (opened.Spec, opened.Options, opened.Account.Journal);
        _opened = opened;
        Portfolio = new LivePortfolio(pass, opened.Feed.Series, opened.Bars, Notes);
        Rates = spec.Data.Taken as SessionRates;
        Ledger = Rates is { } rates
            ? new AccountLedger(spec.Cash, [.. Portfolio.Instruments.Values.OrderBy(i => i.Symbol, StringComparer.Ordinal)
                .Select(rates.Booked)], spec.Execution.Settings)
            : new AccountLedger(spec.Cash, s => Portfolio.InstrumentOf(s).Multiplier);
        Cold = new WarmUpWatch(Portfolio.Strategies, options.Feed);
        Levels = new AccountLevels(Ledger, spec.Execution.Settings, spec.Data.Timeframe, Portfolio.InstrumentOf);
        Orders = new AccountOrders(Portfolio, Ledger, Levels, spec.Execution.Settings, new OrderNames(opened.Tag, opened.Handed));
        Ledger.Booked = (trade, e) =>
        {
            Levels.Take(trade, e);
            if (e.Split is { } split) Orders.Hand.Take(split);
        };
        Watch = new AccountWatch(Ledger, Levels, Portfolio, spec.Data.Timeframe, spec.Data.AccountCurrency);
        Policies = new SessionPolicies(options, journal, Portfolio, spec.Portfolio.Policy, Notes);
        Models = new SessionModels(options, journal, Portfolio, spec.Catalogues, Notes);
        Orders.Admits = Watch.Admits;
        Operator = new SessionOperator(options, journal, Portfolio, Orders, opened.Clock, Notes)
        {
            Hand = new HandCommand(spec, Portfolio, Ledger, Levels, Orders, Watch),
        };
    }

    /// <summary>Notes for the reader of the run; one sentence each.</summary>
    public List<string> Notes { get; } = [];

    public LivePortfolio Portfolio { get; }

    /// <summary>The exchange rates of the account; null if all markets are in its currency.</summary>
    public SessionRates? Rates { get; }

    public AccountLedger Ledger { get; }

    /// <summary>The stops and targets of the account's open trades.</summary>
    public AccountLevels Levels { get; }

    public AccountOrders Orders { get; }

    public AccountWatch Watch { get; }

    public WarmUpWatch Cold { get; }

    public SessionPolicies Policies { get; }

    public SessionModels Models { get; }

    public SessionOperator Operator { get; }

    /// <summary>Whether live bars were taken.</summary>
    public bool HasTraded { get; private set; }

    /// <summary>Whether the account was without equity, so it enters nothing any more.</summary>
    public bool IsRuined { get; private set; }

    /// <summary>Replays a part of the journal. Every fact of the account is booked, and no order is sent.</summary>
    public void Replay(AccountPast past, WarmFeed feed)
    {
        var events = past.Events;
        var switched = events.FindLastIndex(e => e is DeploymentSwitched);
        // Strategies are run ahead of the facts, so the model versions must be set before.
        Models.Put(events.Skip(switched + 1).OfType<ModelChanged>());
        Rates?.Know(events);
        var slices = new ReplayedSlices(events, feed, Portfolio);
        for (var i = 0; i < events.Count; i++)
        {
            Reach(events[i].Timestamp);
            Operator.Know(events[i]);
            // Before the switch, the account traded another configuration with its own weights and enablement.
            Replay(events[i], i < switched, slices);
        }
        Orders.Signals += past.Signals;
    }

    private void Replay(JournalEvent e, bool isEarlier, ReplayedSlices slices)
    {
        switch (e)
        {
            case BarsTaken taken:
                if (!taken.Warm && !HasTraded && !isEarlier)
                {
                    Portfolio.Start(taken.Timestamp);
                    HasTraded = true;
                }
                foreach (var slice in slices.Next()) Take(slice, null);
                break;
            case RatesTaken rates: Rates?.Book(rates); break;
            case WeightsChanged weights when isEarlier: Operator.Skip(weights); break;
            case WeightsChanged weights: Operator.Put(weights); break;
            case PolicyChanged or EnablementChanged when isEarlier: break;
            case ModelChanged: break;
            case PolicyChanged policy: Policies.Put(policy); break;
            case EnablementChanged enablement: Operator.Put(enablement); break;
            case SessionControlled { Command: not SessionCommand.Stop } control: Operator.Put(control); break;
            case StopMoved moved: Orders.Moved(moved); break;
            case EntrySkipped skipped when !isEarlier: Orders.Hand.Take(skipped); break;
            // A difference of bars, not of books and venue.
            case Reconciled { Rule: ChangedBars.Rule }: break;
            default:
                Ledger.Apply(e);
                if (e is OrderIntended intent) Orders.Register(Ledger.Find(intent.Order.ClientId)!);
                break;
        }
    }

    /// <summary>Takes a time slice of the history before the account's first trade: the session does not act on it.</summary>
    /// <param name="bars">The number of the feed's own bars in it.</param>
    public void Warm(in TimeSlice slice, int bars)
    {
        Take(slice, null);
        _warm += bars;
    }

    /// <summary>Why no entry is sent in a symbol now; empty if one is.</summary>
    /// <param name="timestamp">UTC ticks.</param>
    public string RefusalOf(string symbol, long timestamp) => Ledger.Blocked.Contains(symbol) ? "blocked"
        : Rates is { } rates && rates.IsStale(Portfolio.InstrumentOf(symbol), timestamp, Notes.Add) ? "rates" : "";

    /// <summary>Begins to trade the account with a time slice.</summary>
    public void Begin(long slice)
    {
        Portfolio.Start(slice);
        if (_warm > 0) Notes.Add($"warmed up over {Counted.Of(_warm, "bar")}");
        if (Cold.Progress() is { } cold) Notes.Add(WarmUpWatch.Note(cold, Portfolio.Strategies.Count));
        HasTraded = true;
    }

    /// <summary>Passes a time slice to strategies and portfolio, and begins the account's mark of it.</summary>
    /// <param name="decided">Receives each signal with the portfolio's decision; null if nothing is decided on the slice.</param>
    public void Take(in TimeSlice slice, Action<long, PortfolioSignal, double[]>? decided)
    {
        Portfolio.Process(slice, decided);
        Rates?.Reach(slice.Time);
        Ledger.Reach(slice.Time);
        if (!HasTraded) return;
        Levels.Begin(slice.Time, slice.Of(_opened.Spec.Data.Timeframe));
        var open = long.MinValue;
        foreach (var (_, bar, timeframe) in slice.Bars)
            if (timeframe == _opened.Spec.Data.Timeframe)
                open = Math.Max(open, bar.Time);
        // Longer bars that end between the feed's own ones change no price.
        if (open > long.MinValue) Watch.Begin(slice.Time, open);
    }

    /// <summary>Moves market time on: the mark of the bars before is final, and an account that they ruined stays ruined.</summary>
    public void Reach(long timestamp)
    {
        Watch.Reach(timestamp);
        Levels.Reach(timestamp);
        if (IsRuined || !Watch.IsRuined) return;
        IsRuined = Orders.Flatten = true;
        Notes.Add($"the broker's account had no equity left at {Portfolio.TimeText(Portfolio.Timestamp)}: all positions are closed, and "
            + "nothing is entered any more");
    }
}
