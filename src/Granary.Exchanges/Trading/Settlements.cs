using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>
/// Books the changes that a futures exchange initiates: funding payments, liquidations and automatic deleveraging. A liquidation is an exit
/// of the open entries, oldest first, with the leg <c>liquidation</c>.
/// </summary>
internal sealed class Settlements(IVenue venue, BookJournal journal, VenueOrders orders, VenueSettings settings, TimeProvider clock)
{
    // A liquidation may be listed after a later payment.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    private readonly bool _isFutures = venue.Capabilities.ReduceOnly;
    private long? _requested;

    private VenueBook Book => journal.Book;

    // Earlier events belong to trades that the owner made, or are booked.
    private DateTimeOffset SinceLast(DateTimeOffset first) => Book.SettledTo - Overlap is var since && since > first ? since : first;

    /// <summary>Requests and books new events, unless that was done a moment ago.</summary>
    /// <param name="now">Whether to do it even then.</param>
    /// <exception cref="BrokerUnavailableException">There is no response; another call continues.</exception>
    public async ValueTask CollectAsync(IEnumerable<VenueInstrument> instruments, bool now, CancellationToken cancellationToken)
    {
        if (!_isFutures || !now && _requested is { } at && clock.GetElapsedTime(at) < settings.SettleEvery) return;
        foreach (var instrument in instruments)
        {
            await FundingAsync(instrument, cancellationToken).ConfigureAwait(false);
            if (Book.FirstFill is not { } traded) continue;
            foreach (var fill in (await venue.ForcedFillsAsync(instrument, SinceLast(traded), cancellationToken).ConfigureAwait(false))
                .OrderBy(f => f.At))
                await BookAsync(instrument, fill, cancellationToken).ConfigureAwait(false);
        }
        _requested = clock.GetTimestamp();
    }

    private async ValueTask FundingAsync(VenueInstrument instrument, CancellationToken cancellationToken)
    {
        var facts = new List<BookFact>();
        foreach (var paid in await venue.FundingAsync(instrument, SinceLast(Book.Begun!.At), cancellationToken).ConfigureAwait(false))
            if (!Book.HasExecution($"funding:{paid.Id}"))
                facts.Add(new FundingBooked($"funding:{paid.Id}", instrument.Symbol, paid.Amount, paid.At));
        if (facts.Count > 0) await journal.AppendAsync(facts, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask BookAsync(VenueInstrument instrument, VenueFill fill, CancellationToken cancellationToken)
    {
        if (Book.HasExecution(VenueOrders.ExecutionOf(fill))) return;
        // The order that was open then is known only when all earlier fills are booked. If the exchange does not list one yet, the next
        // call continues.
        foreach (var order in Book.Working.Where(o => o.Instrument == instrument).ToList())
            if (!await orders.LookAsync(order, cancellationToken).ConfigureAwait(false)) return;
        var (left, facts) = (fill.Quantity, new List<BookFact>());
        foreach (var entry in Book.OpenEntries.Where(e => e.Order.Symbol == instrument.Symbol && e.Order.Side != fill.Side
            && e.FilledAt <= fill.At).TakeWhile(_ => left > 0))
        {
            var quantity = Math.Min(left, entry.Open);
            facts.AddRange(await orders.ForcedAsync(entry, Part(quantity), cancellationToken).ConfigureAwait(false));
            left -= quantity;
        }
        // The rest belongs to no open entry: a position that was closed before this fill was known, or one of the account's owner.
        // Only without a position of the owner it is booked here; otherwise reconciliation finds the difference.
        if (left > 0 && Book.Begun!.Holdings.GetValueOrDefault(instrument.Listed) == 0)
            facts.Add(new ForcedBooked(VenueOrders.ExecutionOf(Part(left)), instrument.Symbol, fill.Side, fill.Price, left,
                fill.Fee * left / fill.Quantity, fill.At));
        if (facts.Count > 0) await journal.AppendAsync(facts, cancellationToken).ConfigureAwait(false);

        VenueFill Part(decimal quantity) => fill with
        {
            ExecutionId = facts.Count == 0 ? fill.ExecutionId : $"{fill.ExecutionId}.{facts.Count}",
            Quantity = quantity,
            Fee = fill.Fee * quantity / fill.Quantity,
        };
    }
}
