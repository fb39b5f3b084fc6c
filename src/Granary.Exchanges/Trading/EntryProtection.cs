using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>
/// Keeps the stop and the target of each open entry at the exchange. They are placed after the entry's first fill, follow its quantity, and
/// are cancelled when the trade is over.
/// </summary>
/// <remarks>The stop always waits at the exchange, so that it works while the session is off. The target waits there too, unless a stop
/// order holds the balance back: then the adapter watches the price, cancels the stop, and sells with a limit order.</remarks>
internal sealed class EntryProtection(IVenue venue, BookJournal journal, VenueOrders orders, TimeProvider clock)
{
    private static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(5);

    private VenueBook Book => journal.Book;

    /// <summary>Whether a price has to be watched for a target.</summary>
    public bool Watches => Book.OpenEntries.Any(e => TargetOf(e) > 0 && !TargetRests(e));

    /// <summary>Brings the legs of all entries to what they should be.</summary>
    /// <exception cref="BrokerUnavailableException">No answer; another call continues.</exception>
    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        foreach (var leg in Book.Working.Where(o => o.Leg.Length > 0 && !(Book.Find(o.Entry)!.Open > 0)).ToList())
            await orders.CancelAsync(leg, cancellationToken).ConfigureAwait(false);
        foreach (var entry in Book.OpenEntries.ToList())
        {
            if (entry.Order.Protection.IsNone && entry.MovedStop == 0 || Book.IsClosing(entry)
                || clock.GetUtcNow() < entry.LegsWaitUntil) continue;
            await EnsureAsync(entry, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask EnsureAsync(BookOrder entry, CancellationToken cancellationToken)
    {
        var (stop, isTrail) = StopOf(entry);
        var wanted = entry.Instrument!.FloorQuantity(entry.Open);
        if (stop > 0)
            await EnsureLegAsync(entry, entry.LegOrder(isTrail ? "trail" : "stop", OrderType.Stop, stop), wanted, cancellationToken)
                .ConfigureAwait(false);
        if (TargetOf(entry) is > 0 and var target && TargetRests(entry) && entry.Open > 0)
            await EnsureLegAsync(entry, entry.LegOrder("target", OrderType.Limit, target), wanted, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask EnsureLegAsync(BookOrder entry, (string Name, BrokerOrder Order) leg, decimal quantity,
        CancellationToken cancellationToken)
    {
        var isTarget = leg.Name == "target";
        if (Book.LegsOf(entry).FirstOrDefault(o => (o.Leg == "target") == isTarget) is { } old)
        {
            if (!old.IsKnown && !await orders.RefreshAsync(old, wait: false, cancellationToken).ConfigureAwait(false)) return;
            if (old.Quantity - old.Filled == quantity && old.Order.StopPrice == leg.Order.StopPrice
                && old.Order.LimitPrice == leg.Order.LimitPrice) return;
            await orders.CancelAsync(old, cancellationToken).ConfigureAwait(false);
            quantity = entry.Instrument!.FloorQuantity(entry.Open);
        }
        if (quantity <= 0) return;
        var sent = await orders.SendAsync(leg.Order with { Quantity = (double)quantity }, leg.Name, entry.ClientId, quantity,
            cancellationToken).ConfigureAwait(false);
        if (sent.State == OrderState.Rejected) await RefusedAsync(entry, sent, quantity, cancellationToken).ConfigureAwait(false);
    }

    // A stop that the price has passed already is refused: the trade is closed at the market.
    private async ValueTask RefusedAsync(BookOrder entry, BookOrder leg, decimal quantity, CancellationToken cancellationToken)
    {
        entry.LegsWaitUntil = clock.GetUtcNow() + RefusalPause;
        var (instrument, stop) = (entry.Instrument!, (decimal)leg.Order.StopPrice);
        var last = await venue.PriceAsync(instrument.Base, instrument.Quote, cancellationToken).ConfigureAwait(false);
        if (stop <= 0 || last <= 0 || (int)entry.Order.Side * (last - stop) > 0) return;
        var (name, order) = entry.LegOrder(leg.Leg, OrderType.Market, 0);
        await orders.SendAsync(order with { Quantity = (double)quantity }, name, entry.ClientId, quantity, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Cancels the legs of an entry before an order of the session closes it.</summary>
    /// <exception cref="BrokerUnavailableException">No answer: the legs may still work.</exception>
    public async ValueTask ReleaseAsync(BookOrder entry, CancellationToken cancellationToken)
    {
        foreach (var leg in Book.LegsOf(entry).ToList()) await orders.CancelAsync(leg, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the profit of entries whose watched target the price has reached.</summary>
    /// <exception cref="BrokerUnavailableException">No answer; another call continues.</exception>
    public async ValueTask TakeProfitAsync(string listed, decimal price, CancellationToken cancellationToken)
    {
        foreach (var entry in Book.OpenEntries.Where(e => e.Instrument!.Listed == listed).ToList())
        {
            var target = TargetOf(entry);
            if (target <= 0 || TargetRests(entry) || Book.IsClosing(entry) || clock.GetUtcNow() < entry.LegsWaitUntil
                || (int)entry.Order.Side * (price - (decimal)target) < 0) continue;
            await ReleaseAsync(entry, cancellationToken).ConfigureAwait(false);
            var quantity = entry.Instrument!.FloorQuantity(entry.Open);
            if (quantity <= 0) continue;
            var (name, order) = entry.LegOrder("target", OrderType.Limit, target);
            var sent = await orders.SendAsync(order with { Quantity = (double)quantity, TimeInForce = TimeInForce.ImmediateOrCancel }, name,
                entry.ClientId, quantity, cancellationToken).ConfigureAwait(false);
            if (sent.State == OrderState.Rejected) entry.LegsWaitUntil = clock.GetUtcNow() + RefusalPause;
            else await orders.RefreshAsync(sent, wait: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A bar closed: trailing stops follow.</summary>
    public IEnumerable<BookFact> Trail(string symbol, double close, long closeTime)
    {
        foreach (var entry in Book.OpenEntries)
        {
            if (entry.Order.Symbol != symbol || entry.Order.Protection.TrailFraction <= 0 || entry.SentAt.UtcTicks >= closeTime) continue;
            var sign = (int)entry.Order.Side;
            if (double.IsNaN(entry.TrailBest) || sign * (close - entry.TrailBest) > 0) yield return new TrailMoved(entry.ClientId, close);
        }
    }

    // Spot markets that hold balance back take one order for the same units: the stop.
    private bool TargetRests(BookOrder entry) => !venue.StopsHoldBalance || !(StopOf(entry).Price > 0);

    private static double EntryPrice(BookOrder entry) => entry.Filled > 0 ? (double)(entry.Notional / entry.Filled) : 0;

    private static double TargetOf(BookOrder entry) =>
        (double)entry.Instrument!.RoundPrice(entry.Order.Protection.TargetFor(entry.Order.Side, EntryPrice(entry)));

    private static (double Price, bool IsTrail) StopOf(BookOrder entry)
    {
        var (side, instrument, protection) = (entry.Order.Side, entry.Instrument!, entry.Order.Protection);
        var stop = entry.MovedStop > 0 ? entry.MovedStop : protection.StopFor(side, EntryPrice(entry));
        var rounded = stop > 0 ? (double)instrument.RoundPrice(stop) : 0;
        if (protection.TrailFraction <= 0) return (rounded, false);
        var best = double.IsNaN(entry.TrailBest) ? EntryPrice(entry) : entry.TrailBest;
        var trail = (double)instrument.RoundPrice(best * (1 - (int)side * protection.TrailFraction));
        return rounded > 0 && (int)side * (rounded - trail) >= 0 ? (rounded, false) : (trail, true);
    }
}
