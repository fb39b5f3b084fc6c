using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>
/// Submits a round of orders with different symbols: checks them one by one, writes them to the journal together, and sends them
/// concurrently. Only the first and the last step change the book.
/// </summary>
internal sealed class OrderSubmission(IVenue venue, VenueBook book, IReadOnlyDictionary<string, VenueInstrument> instruments,
    VenueOrders orders, EntryProtection protection, OrderGate gate, PriceBoard prices)
{
    /// <summary>One order of a round.</summary>
    internal sealed class Submission(BrokerOrder order)
    {
        public BrokerOrder Order => order;

        /// <summary>The order in the book that is not sent yet; null if it must not be sent.</summary>
        public VenueOrder? Made { get; set; }

        /// <summary>Null until the result of the order is known.</summary>
        public SubmitOutcome? Outcome { get; set; }
    }

    /// <summary>Checks the orders of a round, and writes those that are to be sent.</summary>
    public async ValueTask<IReadOnlyList<Submission>> PrepareAsync(IEnumerable<BrokerOrder> round, CancellationToken cancellationToken)
    {
        var submissions = round.Select(o => new Submission(o)).ToList();
        foreach (var s in submissions) await TryAsync(s, RecogniseAsync, cancellationToken).ConfigureAwait(false);
        await ReleaseAsync(submissions, cancellationToken).ConfigureAwait(false);
        foreach (var s in submissions) await TryAsync(s, MakeAsync, cancellationToken).ConfigureAwait(false);
        var made = submissions.Where(s => s.Made is not null).ToList();
        if (made.Count == 0) return submissions;
        try
        {
            await orders.WriteAsync([.. made.Select(s => s.Made!)], cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            foreach (var s in made) (s.Made, s.Outcome) = (null, SubmitOutcome.Of(e));
        }
        return submissions;
    }

    /// <summary>Sends the orders that are to be sent. It needs no lock.</summary>
    /// <returns>The response to each.</returns>
    public ValueTask<RequestOutcome<string>[]> PlaceAsync(IEnumerable<Submission> round, CancellationToken cancellationToken) =>
        orders.PlaceAsync([.. Sent(round).Select(s => s.Made!)], cancellationToken);

    /// <summary>Books the responses.</summary>
    /// <returns>The result of each order.</returns>
    public async ValueTask<IReadOnlyList<SubmitOutcome>> TakeAsync(IReadOnlyList<Submission> round,
        IReadOnlyList<RequestOutcome<string>> answers, CancellationToken cancellationToken)
    {
        var sent = Sent(round);
        var faults = await orders.TakeAsync([.. sent.Select(s => s.Made!)], answers, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < sent.Count; i++)
        {
            sent[i].Outcome = faults[i] is { } fault ? SubmitOutcome.Of(fault) : SubmitOutcome.Of(sent[i].Made!.Status);
            if (sent[i].Order.Closes is { } closes && sent[i].Outcome is { Status.State: OrderState.Rejected })
                gate.NoteRefusedExit(closes);
        }
        return [.. round.Select(s => s.Outcome!.Value)];
    }

    private static List<Submission> Sent(IEnumerable<Submission> round) => [.. round.Where(s => s.Made is not null)];

    // An order without a response must not delay the others.
    private static async ValueTask TryAsync(Submission submission, Func<Submission, CancellationToken, ValueTask> step,
        CancellationToken cancellationToken)
    {
        if (submission.Outcome is not null) return;
        try
        {
            await step(submission, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            submission.Outcome = SubmitOutcome.Of(e);
        }
    }

    private decimal LotsOf(BrokerOrder order) => instruments.GetValueOrDefault(order.Symbol)?.FloorQuantity(order.Quantity) ?? 0;

    // An order that the exchange has already is not sent again.
    private async ValueTask RecogniseAsync(Submission submission, CancellationToken cancellationToken)
    {
        var order = submission.Order;
        if (book.Find(order.ClientId) is { } known
            && (!known.IsWorking || await orders.RefreshAsync(known, cancellationToken).ConfigureAwait(false))
            || await orders.RecoverAsync(order, LotsOf(order), cancellationToken).ConfigureAwait(false))
            submission.Outcome = SubmitOutcome.Of(book.Find(order.ClientId)!.Status);
    }

    // Cancels the stops and targets of trades before the orders close them.
    private async ValueTask ReleaseAsync(List<Submission> round, CancellationToken cancellationToken)
    {
        var exits = round.Where(s => s.Outcome is null && EntryOf(s.Order) is { Open: > 0 }).ToList();
        if (exits.Count == 0) return;
        var faults = await protection.ReleaseAsync([.. exits.Select(s => EntryOf(s.Order)!)], cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < exits.Count; i++)
        {
            EntryOf(exits[i].Order)!.IsReleasing = faults[i]?.RetryAfter is not null;
            if (faults[i] is { } fault) exits[i].Outcome = SubmitOutcome.Of(fault);
        }
    }

    private VenueOrder? EntryOf(BrokerOrder order) => order.Closes is { } closes ? book.Find(closes) : null;

    private async ValueTask MakeAsync(Submission submission, CancellationToken cancellationToken)
    {
        var order = submission.Order;
        var (instrument, quantity) = (instruments.GetValueOrDefault(order.Symbol), LotsOf(order));
        if (order.Closes is not null)
        {
            if (EntryOf(order) is not { Open: > 0 } entry)
            {
                submission.Outcome = SubmitOutcome.Of(await orders.RefuseAsync(order, "there is nothing open to close", cancellationToken)
                    .ConfigureAwait(false));
                return;
            }
            quantity = Math.Min(quantity, instrument!.FloorQuantity(entry.Open));
        }
        if (instrument is not null && prices.Last(instrument.Listed) == 0)
            prices.Put(instrument.Listed, await venue.PriceAsync(instrument.Base, instrument.Quote,
                cancellationToken).ConfigureAwait(false));
        if (gate.Refusal(order, instrument, quantity) is { } reason)
            submission.Outcome = SubmitOutcome.Of(await orders.RefuseAsync(order, reason, cancellationToken).ConfigureAwait(false));
        else submission.Made = orders.Make(order, "", "", quantity);
    }
}
