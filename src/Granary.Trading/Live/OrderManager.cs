using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>
/// Sends orders and tracks their states. It writes the intent, sends the order, and writes the response. Without a response the order's
/// state is unknown, and is requested before any other action on the order. A fill that is reported twice is booked once.
/// </summary>
/// <remarks>Reconciliation first requests and books the venue's executions. If a difference remains, the venue is authoritative: the
/// session's position in the symbol is set to the venue's, the difference is reported, and entries in that symbol are blocked until the
/// operator resumes them. An open order at the venue with the account's tag that is unknown or final in the books is cancelled. Orders
/// without the tag are reported and left alone.</remarks>
/// <param name="tag">The prefix of every client order id of the account.</param>
internal sealed class OrderManager(IBroker broker, AccountJournal journal, AccountLedger ledger, string tag, VenueWatch venue)
{
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    private long _now;

    /// <summary>Creates a manager with a watch of its own.</summary>
    public OrderManager(IBroker broker, AccountJournal journal, AccountLedger ledger, string tag)
        : this(broker, journal, ledger, tag, new VenueWatch(journal, broker.Name))
    {
    }

    public AccountLedger Ledger => ledger;

    /// <summary>Why the venue did not respond to the last call; null if it did.</summary>
    public string? Fault
    {
        get => venue.Failure;
        private set => venue.Failure = value;
    }

    /// <summary>When the first order of the last batch was sent to the venue (timestamp of the journal's clock).</summary>
    public long FirstSent { get; private set; }

    // Before the first call the journal is replayed, which contains the transitions.
    private void Begin(long timestamp)
    {
        _now = timestamp;
        ledger.Changed ??= (order, before) => journal.Defer(new OrderChanged(_now, order.Order.ClientId, before, order.State, order.Reason)
        {
            Strategy = order.Strategy,
            Symbol = order.Order.Symbol,
        });
    }

    /// <summary>Passes the bars that close at one time to a simulated venue, which must have them first.</summary>
    public async ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        if (broker is not IMarketListener listener) return;
        using var call = venue.Begin();
        await listener.OnBarsAsync(timestamp, bars, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Requests the state of orders with an unknown outcome, and books executions since the last call.</summary>
    public async ValueTask CatchUpAsync(long timestamp, CancellationToken cancellationToken = default)
    {
        if (ledger.Unresolved().Count > 0) await ResolveAsync(timestamp, cancellationToken).ConfigureAwait(false);
        await PollAsync(timestamp, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes facts and intents together, then sends the orders. Afterwards the ledger tracks each of them.</summary>
    public async ValueTask SendAsync(long timestamp, List<JournalEvent> events, List<OrderIntended> intents,
        CancellationToken cancellationToken = default)
    {
        Begin(timestamp);
        foreach (var intent in intents) ledger.Intend(intent);
        await journal.AppendAsync(events.Concat(intents), cancellationToken).ConfigureAwait(false);
        if (intents.Count == 0) return;
        FirstSent = journal.Clock.GetTimestamp();
        var answers = new List<JournalEvent>(intents.Count);
        await SubmitAsync(timestamp, [.. intents.Select(i => i.Order)], answers, cancellationToken).ConfigureAwait(false);
        await NoteAsync(answers, cancellationToken).ConfigureAwait(false);
        await ResolveAsync(timestamp, cancellationToken).ConfigureAwait(false);
    }

    // The venue can repeat its reports, so they are written with the next append, at most a second later.
    private async ValueTask NoteAsync(List<JournalEvent> facts, CancellationToken cancellationToken)
    {
        foreach (var fact in facts) await journal.NoteAsync(fact, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SubmitAsync(long timestamp, IReadOnlyList<BrokerOrder> orders, List<JournalEvent> answers,
        CancellationToken cancellationToken)
    {
        using var call = venue.Begin();
        var outcomes = await broker.SubmitAllAsync(orders, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < orders.Count; i++)
        {
            ledger.Answer(orders[i].ClientId, outcomes[i].Status);
            answers.Add(Answered(timestamp, orders[i], outcomes[i].Status));
        }
        // Whether the venue responds now.
        Fault = outcomes[^1].Fault?.Message;
    }

    private static OrderAnswered Answered(long timestamp, BrokerOrder order, BrokerOrderStatus? status) =>
        new(timestamp, order.ClientId, status) { Symbol = order.Symbol };

    /// <summary>Requests the state of every order with an unknown outcome. An order that the venue never received is sent again with the
    /// same id.</summary>
    public async ValueTask ResolveAsync(long timestamp, CancellationToken cancellationToken = default)
    {
        Begin(timestamp);
        // At once, then at every time slice until the outcome is known.
        for (var attempt = 0; attempt < 3; attempt++)
            if (!await AskAsync(timestamp, cancellationToken).ConfigureAwait(false))
                return;
    }

    // Returns whether any state was requested.
    private async ValueTask<bool> AskAsync(long timestamp, CancellationToken cancellationToken)
    {
        var answers = new List<JournalEvent>();
        var missing = new List<BrokerOrder>();
        string? fault = null;
        foreach (var order in ledger.Unresolved())
        {
            BrokerOrderStatus? status;
            try
            {
                using var call = venue.Begin();
                status = await broker.FindAsync(order.Order.ClientId, cancellationToken).ConfigureAwait(false);
                Fault = null;
            }
            catch (BrokerUnavailableException e)
            {
                Fault = fault = e.Message;
                break;
            }
            if (status is null)
            {
                missing.Add(order.Order);
                continue;
            }
            ledger.Answer(order.Order.ClientId, status);
            answers.Add(Answered(timestamp, order.Order, status));
        }
        if (missing.Count > 0) await SubmitAsync(timestamp, missing, answers, cancellationToken).ConfigureAwait(false);
        Fault = fault ?? Fault;
        if (answers.Count == 0) return false;
        await NoteAsync(answers, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async ValueTask CancelAsync(long timestamp, TrackedOrder order, CancellationToken cancellationToken = default)
    {
        Begin(timestamp);
        try
        {
            BrokerOrderStatus? status;
            using (venue.Begin()) status = await broker.CancelAsync(order.Order.ClientId, cancellationToken).ConfigureAwait(false);
            if (status is null) return;
            ledger.Answer(order.Order.ClientId, status);
            await journal.NoteAsync(Answered(timestamp, order.Order, status), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
        }
    }

    /// <summary>Moves the stop of an open trade; returns false if the venue did not respond.</summary>
    public async ValueTask<bool> MoveStopAsync(long timestamp, string entry, double price, CancellationToken cancellationToken = default)
    {
        Begin(timestamp);
        var order = ledger.Find(entry);
        await journal.NoteAsync(new StopMoved(timestamp, entry, price)
        {
            Strategy = order?.Strategy ?? "",
            Symbol = order?.Order.Symbol ?? "",
        }, cancellationToken).ConfigureAwait(false);
        try
        {
            using var call = venue.Begin();
            await broker.MoveStopAsync(entry, price, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
            return false;
        }
    }

    /// <summary>Replaces stops and targets of a trade; returns false if the venue did not respond.</summary>
    public async ValueTask<bool> ProtectAsync(long timestamp, string entry, (double Stop, double Target) levels,
        CancellationToken cancellationToken = default)
    {
        Begin(timestamp);
        try
        {
            using var call = venue.Begin();
            await broker.ProtectAsync(entry, levels.Stop, levels.Target, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
            return false;
        }
    }

    /// <summary>Requests and books the venue's executions since the last call.</summary>
    /// <returns>The trades that changed.</returns>
    public async ValueTask<IReadOnlyList<AccountTrade>> PollAsync(long timestamp, CancellationToken cancellationToken = default)
    {
        Begin(timestamp);
        IReadOnlyList<BrokerEvent> events;
        try
        {
            using var call = venue.Begin();
            events = await broker.PollAsync(ledger.VenueSequence, cancellationToken).ConfigureAwait(false);
            Fault = null;
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
            return [];
        }
        if (events.Count == 0) return [];
        var facts = new List<JournalEvent>();
        var changed = new List<AccountTrade>();
        var symbols = new List<string>();
        foreach (var e in events)
        {
            var known = e.Sequence <= ledger.VenueSequence;
            var order = ledger.Find(e.Status.ClientId);
            var news = ledger.Report(e, out var trade);
            if (known || !news && e.Fill is null) continue;
            facts.Add(new VenueReported(timestamp, e)
            {
                Strategy = order?.Strategy ?? "",
                Symbol = e.Fill?.Symbol ?? order?.Order.Symbol ?? ""
            });
            if (trade is not null)
            {
                changed.Add(trade);
                facts.Add(trade.ToEvent(timestamp));
            }
            if (e.Fill is { } fill && !symbols.Contains(fill.Symbol)) symbols.Add(fill.Symbol);
        }
        foreach (var symbol in symbols) facts.Add(new PositionChanged(timestamp, ledger.PositionOf(symbol)) { Symbol = symbol });
        foreach (var order in ledger.Settled())
        {
            ledger.Close(order.Order.ClientId);
            facts.Add(new OrderClosed(timestamp, order.Order.ClientId) { Strategy = order.Strategy, Symbol = order.Order.Symbol });
        }
        foreach (var fact in facts) journal.Defer(fact);
        return changed;
    }

    /// <summary>Reconciles the books with the venue; see the remarks of the class.</summary>
    /// <returns>The differences, one sentence each.</returns>
    public async ValueTask<IReadOnlyList<string>> ReconcileAsync(long timestamp, CancellationToken cancellationToken = default)
    {
        Begin(timestamp);
        await ResolveAsync(timestamp, cancellationToken).ConfigureAwait(false);
        await PollAsync(timestamp, cancellationToken).ConfigureAwait(false);
        var facts = new List<JournalEvent>();
        try
        {
            // If the books lack a fill, every position of the snapshot would look wrong. An order with an unknown outcome may have filled.
            if (Fault is null && ledger.Unresolved() is { Count: > 0 } unresolved)
                Fault = $"whether the venue has order {unresolved[0].Order.ClientId} is not known yet";
            if (Fault is null) await CompareAsync(timestamp, facts, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
        }
        // Results from before the connection was lost are kept; the next reconciliation finds the rest.
        if (facts.Count > 0) await journal.AppendOrHoldAsync(facts, cancellationToken).ConfigureAwait(false);
        return [.. facts.OfType<Reconciled>().Select(r => r.Difference)];
    }

    private async ValueTask CompareAsync(long time, List<JournalEvent> facts, CancellationToken cancellationToken)
    {
        if (await SettledAsync(time, cancellationToken).ConfigureAwait(false) is not { } snapshot) return;
        AdoptPositions(time, snapshot, facts);
        foreach (var order in snapshot.Orders) await CompareTheirsAsync(time, order, facts, cancellationToken).ConfigureAwait(false);
        var waiting = snapshot.Orders.Select(o => o.ClientId).ToHashSet(StringComparer.Ordinal);
        foreach (var ours in ledger.OpenOrders.Where(t => t.State is OrderState.Submitted or OrderState.PartiallyFilled
            && !waiting.Contains(t.Order.ClientId)).ToList())
            await CompareOursAsync(time, ours, facts, cancellationToken).ConfigureAwait(false);
        Fault = null;
    }

    // Returns a snapshot that agrees with the books, or one followed by two polls without news, because a fill between snapshot and poll is
    // not a difference. On a slow machine several fills may follow; null, with a fault, if they do not end.
    private async ValueTask<BrokerSnapshot?> SettledAsync(long time, CancellationToken cancellationToken)
    {
        for (int attempt = 0, quiet = 0; attempt < 20; attempt++)
        {
            BrokerSnapshot snapshot;
            using (venue.Begin()) snapshot = await broker.SnapshotAsync(cancellationToken).ConfigureAwait(false);
            if (Differing(snapshot).Count == 0) return snapshot;
            var before = ledger.VenueSequence;
            await PollAsync(time, cancellationToken).ConfigureAwait(false);
            if (Fault is not null) return null;
            quiet = ledger.VenueSequence == before ? quiet + 1 : 0;
            if (quiet == 2) return snapshot;
        }
        Fault = "the account changed during each comparison with our books";
        return null;
    }

    private List<(string Symbol, double Theirs, double Ours)> Differing(BrokerSnapshot snapshot) =>
    [
        .. from symbol in snapshot.Positions.Keys.Union(ledger.Positions.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
           let theirs = snapshot.Positions.GetValueOrDefault(symbol)
           let ours = ledger.PositionOf(symbol)
           // The venue sums the same fills in another order, so that a closed position may differ from zero by rounding errors.
           let rounding = Math.Max(Tolerance.Quantity * Math.Max(Math.Abs(theirs), Math.Abs(ours)), ledger.RoundingOf(symbol))
           where Math.Abs(theirs - ours) > rounding
           select (symbol, theirs, ours),
    ];

    private void AdoptPositions(long time, BrokerSnapshot snapshot, List<JournalEvent> facts)
    {
        foreach (var (symbol, theirs, ours) in Differing(snapshot))
        {
            var difference = FormattableString.Invariant(
                $"{symbol}: the venue holds {theirs}, our fills make {ours}; entries in it wait for 'resume'");
            Found(facts, new Reconciled(time, "the venue is right about what it holds", difference, theirs - ours) { Symbol = symbol });
        }
    }

    private void Found(List<JournalEvent> facts, Reconciled difference)
    {
        ledger.Apply(difference);
        facts.Add(difference);
    }

    // Compares an order that is open at the venue.
    private async ValueTask CompareTheirsAsync(long time, BrokerOrderStatus order, List<JournalEvent> facts,
        CancellationToken cancellationToken)
    {
        if (ledger.Find(order.ClientId) is { } known && !known.State.IsFinal()) return;
        if (ledger.Find(order.ClientId) is null && !order.ClientId.StartsWith(tag, StringComparison.Ordinal))
        {
            // A manual order has no client id.
            if (_reported.Add(order.VenueId.Length > 0 ? order.VenueId : order.ClientId))
                Found(facts, new Reconciled(time, "orders of others are left alone",
                    $"an order {order.ClientId} ({order.VenueId}) that is not this session's waits at the venue", 0));
            return;
        }
        using (venue.Begin()) await broker.CancelAsync(order.ClientId, cancellationToken).ConfigureAwait(false);
        Found(facts, new Reconciled(time, "an order of ours that should not wait is cancelled",
            $"order {order.ClientId} ({order.VenueId}) waits at the venue, and our books do not have it waiting", 0));
    }

    // Compares an order that is open in the books but not in the venue's snapshot.
    private async ValueTask CompareOursAsync(long time, TrackedOrder ours, List<JournalEvent> facts, CancellationToken cancellationToken)
    {
        var id = ours.Order.ClientId;
        using var call = venue.Begin();
        var found = await broker.FindAsync(id, cancellationToken).ConfigureAwait(false);
        // An acknowledged order that the venue no longer has will not fill.
        var status = found ?? new BrokerOrderStatus(id, ours.VenueId, OrderState.Cancelled, ours.Filled,
            "the venue has no such order any more");
        ledger.Answer(id, status);
        facts.Add(Answered(time, ours.Order, status));
        if (found is null)
            Found(facts, new Reconciled(time, "an order that the venue has lost is cancelled",
                $"order {id} was acknowledged as {ours.VenueId}, and the venue does not know it any more", 0));
    }
}
