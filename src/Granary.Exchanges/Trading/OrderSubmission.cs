using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>
/// Submits a round of orders with different symbols: checks them one by one, writes them to the journal together, and sends them
/// concurrently.
/// </summary>
internal sealed class OrderSubmission(IVenue venue, VenueBook book, IReadOnlyDictionary<string, VenueInstrument> instruments,
    VenueOrders orders, EntryProtection protection, OrderGate gate, PriceBoard prices)
{
    private sealed class Submission(BrokerOrder order)
    {
        public BrokerOrder Order => order;

        /// <summary>The order in the book that is not sent yet; null if it must not be sent.</summary>
        public VenueOrder? Made { get; set; }

        /// <summary>Null until the result of the order is known.</summary>
        public SubmitOutcome? Outcome { get; set; }
    }

    /// <returns>The result of each order.</returns>
    public async ValueTask<IReadOnlyList<SubmitOutcome>> SubmitAsync(IEnumerable<BrokerOrder> round, CancellationToken cancellationToken)
    {
        var submissions = round.Select(o => new Submission(o)).ToList();
        foreach (var s in submissions) await TryAsync(s, RecogniseAsync, cancellationToken).ConfigureAwait(false);
        await ReleaseAsync(submissions, cancellationToken).ConfigureAwait(false);
        foreach (var s in submissions) await TryAsync(s, MakeAsync, cancellationToken).ConfigureAwait(false);
        await SendAsync([.. submissions.Where(s => s.Made is not null)], cancellationToken).ConfigureAwait(false);
        return [.. submissions.Select(s => s.Outcome!.Value)];
    }

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
            && (!known.IsWorking || await orders.RefreshAsync(known, wait: true, cancellationToken).ConfigureAwait(false))
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
            if (faults[i] is { } fault) exits[i].Outcome = SubmitOutcome.Of(fault);
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

    private async ValueTask SendAsync(List<Submission> made, CancellationToken cancellationToken)
    {
        if (made.Count == 0) return;
        try
        {
            var faults = await orders.SendAsync([.. made.Select(s => s.Made!)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < made.Count; i++)
                made[i].Outcome = faults[i] is { } fault ? SubmitOutcome.Of(fault) : SubmitOutcome.Of(made[i].Made!.Status);
        }
        catch (BrokerUnavailableException e)
        {
            foreach (var s in made) s.Outcome = SubmitOutcome.Of(e);
        }
        foreach (var s in made)
            if (s.Order.Closes is { } closes && s.Outcome is { Status.State: OrderState.Rejected }) gate.NoteRefusedExit(closes);
    }
}
