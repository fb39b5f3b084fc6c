using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Application.Live;

/// <summary>
/// Sends orders and knows how each stands. The intent is written, then the order is sent, then the answer is written; an answer that does not come
/// leaves the order unknown, and it is asked for before anything else is done with it. A fill that comes twice is booked once.
/// </summary>
/// <remarks>The rule of reconciliation: what the venue has executed is fetched and booked first. What then still differs, the venue is right about: our position in the
/// symbol is set to its, the difference is reported, and no entry is made in that symbol until the operator says resume. An order of ours that waits there and
/// that we do not know, or hold for finished, is cancelled; orders that do not carry our tag are left alone and reported.</remarks>
public sealed class OrderManager(IBroker broker, AccountJournal journal, AccountLedger ledger, string tag)
{
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly HashSet<string> _blocked = new(StringComparer.Ordinal);

    public AccountLedger Ledger => ledger;

    /// <summary>Why the venue does not answer; null while it does.</summary>
    public string? Fault { get; private set; }

    /// <summary>Symbols in which no entry is made until an operator has looked.</summary>
    public IReadOnlySet<string> Blocked => _blocked;

    /// <summary>Differences found so far.</summary>
    public int Differences { get; private set; }

    public long Sent { get; private set; }

    /// <summary>When the first order of the last lot went to the venue (stopwatch ticks).</summary>
    public long FirstSent { get; private set; }

    /// <summary>The operator has looked.</summary>
    public void Unblock() => _blocked.Clear();

    /// <summary>Writes facts and intents in one piece, then sends the orders.</summary>
    public async ValueTask SendAsync(long instant, List<JournalEvent> events, List<OrderIntended> intents, CancellationToken cancellationToken)
    {
        foreach (var intent in intents) ledger.Intend(intent);
        await journal.AppendAsync(events.Concat(intents), cancellationToken).ConfigureAwait(false);
        if (intents.Count == 0) return;
        FirstSent = System.Diagnostics.Stopwatch.GetTimestamp();
        var answers = new List<JournalEvent>(intents.Count);
        foreach (var intent in intents) answers.Add(await SubmitAsync(instant, intent.Order, cancellationToken).ConfigureAwait(false));
        await NoteAsync(answers, cancellationToken).ConfigureAwait(false);
        await ResolveAsync(instant, cancellationToken).ConfigureAwait(false);
    }

    // What the venue has told can be asked of it again: it goes to the journal with the next append, a second later at the most.
    private async ValueTask NoteAsync(List<JournalEvent> facts, CancellationToken cancellationToken)
    {
        foreach (var fact in facts) await journal.NoteAsync(fact, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<OrderAnswered> SubmitAsync(long instant, BrokerOrder order, CancellationToken cancellationToken)
    {
        BrokerOrderStatus? status = null;
        try
        {
            Sent++;
            status = await broker.SubmitAsync(order, cancellationToken).ConfigureAwait(false);
            Fault = null;
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
        }
        ledger.Answer(order.ClientId, status);
        return Answered(instant, order, status);
    }

    private static OrderAnswered Answered(long instant, BrokerOrder order, BrokerOrderStatus? status) => new(instant, order.ClientId, status) { Symbol = order.Symbol };

    /// <summary>Asks about every order whose standing is unknown; one that the venue never had is sent again, under its own id.</summary>
    public async ValueTask ResolveAsync(long instant, CancellationToken cancellationToken)
    {
        // At once, and then at every instant until it is known.
        for (var attempt = 0; attempt < 3; attempt++)
            if (!await AskAsync(instant, cancellationToken).ConfigureAwait(false))
                return;
    }

    // Whether something was asked for.
    private async ValueTask<bool> AskAsync(long instant, CancellationToken cancellationToken)
    {
        List<JournalEvent>? answers = null;
        foreach (var ticket in ledger.Unresolved())
        {
            BrokerOrderStatus? status;
            try
            {
                status = await broker.FindAsync(ticket.Order.ClientId, cancellationToken).ConfigureAwait(false);
                Fault = null;
            }
            catch (BrokerUnavailableException e)
            {
                Fault = e.Message;
                break;
            }
            answers ??= [];
            if (status is null)
            {
                answers.Add(await SubmitAsync(instant, ticket.Order, cancellationToken).ConfigureAwait(false));
                continue;
            }
            ledger.Answer(ticket.Order.ClientId, status);
            answers.Add(Answered(instant, ticket.Order, status));
        }
        if (answers is null) return false;
        await NoteAsync(answers, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async ValueTask CancelAsync(long instant, Ticket ticket, CancellationToken cancellationToken)
    {
        try
        {
            var status = await broker.CancelAsync(ticket.Order.ClientId, cancellationToken).ConfigureAwait(false);
            if (status is null) return;
            ledger.Answer(ticket.Order.ClientId, status);
            await journal.NoteAsync(Answered(instant, ticket.Order, status), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
        }
    }

    /// <summary>Moves the stop of an open trade; false where the venue did not answer.</summary>
    public async ValueTask<bool> MoveStopAsync(long instant, string entry, double price, CancellationToken cancellationToken)
    {
        await journal.NoteAsync(new StopMoved(instant, entry, price), cancellationToken).ConfigureAwait(false);
        try
        {
            await broker.MoveStopAsync(entry, price, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
            return false;
        }
    }

    /// <summary>Fetches and books what the venue has executed since the last time.</summary>
    /// <returns>Trades that changed.</returns>
    public async ValueTask<IReadOnlyList<AccountTrade>> PollAsync(long instant, CancellationToken cancellationToken)
    {
        IReadOnlyList<BrokerEvent> events;
        try
        {
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
            var ticket = ledger.Find(e.Status.ClientId);
            var news = ledger.Report(e, out var trade);
            if (known || !news && e.Fill is null) continue;
            facts.Add(new VenueReported(instant, e) { Strategy = ticket?.Strategy ?? "", Symbol = e.Fill?.Symbol ?? ticket?.Order.Symbol ?? "" });
            if (trade is not null)
            {
                changed.Add(trade);
                facts.Add(trade.ToEvent(instant));
            }
            if (e.Fill is { } fill && !symbols.Contains(fill.Symbol)) symbols.Add(fill.Symbol);
        }
        foreach (var symbol in symbols) facts.Add(new PositionChanged(instant, ledger.PositionOf(symbol)) { Symbol = symbol });
        foreach (var ticket in ledger.Settled())
        {
            ledger.Close(ticket.Order.ClientId);
            facts.Add(new OrderClosed(instant, ticket.Order.ClientId) { Strategy = ticket.Strategy, Symbol = ticket.Order.Symbol });
        }
        foreach (var fact in facts) journal.Defer(fact);
        return changed;
    }

    /// <summary>Brings our books and the venue's together, by the rule.</summary>
    /// <returns>The differences that were found, one sentence each.</returns>
    public async ValueTask<IReadOnlyList<string>> SynchroniseAsync(long instant, CancellationToken cancellationToken)
    {
        await ResolveAsync(instant, cancellationToken).ConfigureAwait(false);
        await PollAsync(instant, cancellationToken).ConfigureAwait(false);
        BrokerSnapshot snapshot;
        try
        {
            snapshot = await broker.SnapshotAsync(cancellationToken).ConfigureAwait(false);
            Fault = null;
        }
        catch (BrokerUnavailableException e)
        {
            Fault = e.Message;
            return [];
        }
        var facts = new List<JournalEvent>();
        foreach (var symbol in snapshot.Positions.Keys.Union(ledger.Positions.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList())
        {
            var (theirs, ours) = (snapshot.Positions.GetValueOrDefault(symbol), ledger.PositionOf(symbol));
            if (Math.Abs(theirs - ours) <= 1e-9 * Math.Max(Math.Abs(theirs), Math.Abs(ours))) continue;
            var fact = new Reconciled(instant, "the venue is right about what it holds", FormattableString.Invariant($"{symbol}: the venue holds {theirs}, our fills make {ours}; entries in it wait for 'resume'"), theirs - ours) { Symbol = symbol };
            ledger.Apply(fact);
            facts.Add(fact);
            _blocked.Add(symbol);
        }
        var waiting = snapshot.Orders.Select(o => o.ClientId).ToHashSet(StringComparer.Ordinal);
        foreach (var order in snapshot.Orders)
        {
            if (ledger.Find(order.ClientId) is { } known && !known.State.IsFinal()) continue;
            if (!order.ClientId.StartsWith(tag, StringComparison.Ordinal))
            {
                if (_reported.Add(order.ClientId)) facts.Add(new Reconciled(instant, "orders of others are left alone", $"an order {order.ClientId} ({order.VenueId}) that is not this session's waits at the venue", 0));
                continue;
            }
            facts.Add(new Reconciled(instant, "an order of ours that should not wait is cancelled", $"order {order.ClientId} ({order.VenueId}) waits at the venue, and our books do not have it waiting", 0));
            await broker.CancelAsync(order.ClientId, cancellationToken).ConfigureAwait(false);
        }
        foreach (var ticket in ledger.OpenTickets.Where(t => t.State is OrderState.Submitted or OrderState.PartiallyFilled && !waiting.Contains(t.Order.ClientId)).ToList())
        {
            if (await broker.FindAsync(ticket.Order.ClientId, cancellationToken).ConfigureAwait(false) is { } status)
            {
                ledger.Answer(ticket.Order.ClientId, status);
                facts.Add(Answered(instant, ticket.Order, status));
                continue;
            }
            // It was acknowledged once, and the venue has forgotten it: it will not fill.
            status = new BrokerOrderStatus(ticket.Order.ClientId, ticket.VenueId, OrderState.Cancelled, ticket.Filled, "the venue has no such order any more");
            ledger.Answer(ticket.Order.ClientId, status);
            facts.Add(Answered(instant, ticket.Order, status));
            facts.Add(new Reconciled(instant, "an order that the venue has lost is cancelled", $"order {ticket.Order.ClientId} was acknowledged as {ticket.VenueId}, and the venue does not know it any more", 0));
        }
        if (facts.Count > 0) await journal.AppendAsync(facts, cancellationToken).ConfigureAwait(false);
        var differences = facts.OfType<Reconciled>().Select(r => r.Difference).ToList();
        Differences += differences.Count;
        return differences;
    }
}
