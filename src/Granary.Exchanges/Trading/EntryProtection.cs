using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>
/// Maintains the stop and the next target of each open entry at the exchange. They are placed after the entry's first fill, follow its
/// quantity,
/// and are cancelled after the trade is closed.
/// </summary>
/// <remarks>The stop always rests at the exchange, so it works while the session is down. The target rests there too, unless a stop
/// order reserves the balance. In that case the adapter monitors the price, cancels the stop, and sells with a limit order.</remarks>
internal sealed class EntryProtection(IVenue venue, BookJournal journal, VenueOrders orders, TimeProvider clock)
{
    private static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(5);

    private VenueBook Book => journal.Book;

    /// <summary>Whether a price must be monitored for a target.</summary>
    public bool Watches => Book.OpenEntries.Any(e => TargetOf(e).Price > 0 && !TargetRests(e));

    /// <summary>Places, changes or cancels the legs of all entries as required.</summary>
    /// <exception cref="BrokerUnavailableException">There is no response; another call continues.</exception>
    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        // A failure for one trade must not keep others from getting their legs.
        var steps = new SeparateSteps();
        foreach (var fault in await orders.CancelAsync([.. Book.Working.Where(o => o.Leg.Length > 0
            && !(Book.Find(o.Entry)!.Open > 0))], cancellationToken).ConfigureAwait(false)) steps.Add(fault);
        var missing = new List<WantedLeg>();
        foreach (var entry in Book.OpenEntries.ToList())
        {
            if (entry.Protection.IsNone && entry.MovedStop == 0 && entry.Replaced is null || Book.IsClosing(entry)
                || entry.IsReleasing || clock.GetUtcNow() < entry.LegsWaitUntil) continue;
            await steps.TryAsync(() => entry.IsTargetDue ? TakeProfitAsync(entry, cancellationToken)
                : EnsureAsync(entry, missing, cancellationToken)).ConfigureAwait(false);
        }
        foreach (var round in VenueRequests.Rounds(missing, l => l.Entry.Order.Symbol))
            await steps.TryAsync(() => SendAsync(round, cancellationToken)).ConfigureAwait(false);
        steps.End();
    }

    private async ValueTask EnsureAsync(VenueOrder entry, List<WantedLeg> missing, CancellationToken cancellationToken)
    {
        var (stop, isTrail) = StopOf(entry);
        foreach (var leg in Book.LegsOf(entry).Where(l => IsUnwanted(entry, l, stop)).ToList())
            await orders.CancelAsync(leg, cancellationToken).ConfigureAwait(false);
        if (stop > 0)
            await EnsureAsync(new WantedLeg(entry, isTrail ? "trail" : "stop", OrderType.Stop, stop), missing, cancellationToken)
                .ConfigureAwait(false);
        if (TargetOf(entry) is { Price: > 0 } target && TargetRests(entry) && entry.Open > 0)
            await EnsureAsync(new WantedLeg(entry, "target", OrderType.Limit, target.Price, target.Quantity), missing, cancellationToken)
                .ConfigureAwait(false);
    }

    // A leg that an operator has removed, or a target that rests where the balance is needed for a stop.
    private bool IsUnwanted(VenueOrder entry, VenueOrder leg, double stop) => leg.Leg == "target"
        ? leg.TimeInForce != TimeInForce.ImmediateOrCancel && (!TargetRests(entry) || entry.Replaced is { TargetPrice: 0 })
        : leg.Leg is "stop" or "trail" && entry.Replaced is not null && !(stop > 0);

    private async ValueTask EnsureAsync(WantedLeg wanted, List<WantedLeg> missing, CancellationToken cancellationToken)
    {
        var (entry, isTarget) = (wanted.Entry, wanted.Name == "target");
        if (Book.LegsOf(entry).FirstOrDefault(o => (o.Leg == "target") == isTarget) is not { } old)
        {
            missing.Add(wanted);
            return;
        }
        if (!old.IsKnown && !await orders.RefreshAsync(old, cancellationToken).ConfigureAwait(false)) return;
        var order = wanted.Make(0).Order;
        if (old.Quantity - old.Filled == wanted.Quantity && old.Order.StopPrice == order.StopPrice
            && old.Order.LimitPrice == order.LimitPrice) return;
        // Other trades wait, to keep the time without a leg as short as possible.
        await orders.CancelAsync(old, cancellationToken).ConfigureAwait(false);
        await SendAsync([wanted], cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(List<WantedLeg> legs, CancellationToken cancellationToken)
    {
        var (wanted, made) = (new List<WantedLeg>(), new List<VenueOrder>());
        foreach (var leg in legs)
        {
            if (leg.Quantity is not (> 0 and var quantity)) continue;
            var (name, order) = leg.Make(quantity);
            wanted.Add(leg);
            made.Add(orders.Make(order, name, leg.Entry.ClientId, quantity));
        }
        if (made.Count == 0) return;
        var faults = await orders.SendAsync(made, cancellationToken).ConfigureAwait(false);
        var steps = new SeparateSteps();
        for (var i = 0; i < made.Count; i++)
        {
            steps.Add(faults[i]);
            var (entry, leg) = (wanted[i].Entry, made[i]);
            if (faults[i] is null && leg.State == OrderState.Rejected)
                await steps.TryAsync(() => RefusedAsync(entry, leg, leg.Quantity, cancellationToken)).ConfigureAwait(false);
        }
        steps.End();
    }

    // A leg that an entry should have. It closes at most a quantity; null = all that is open.
    private readonly record struct WantedLeg(VenueOrder Entry, string Name, OrderType Type, double Price, double? Most = null)
    {
        /// <summary>The part of the entry's open quantity that it closes, in whole lots.</summary>
        public decimal Quantity => QuantityOf(Entry, Most ?? double.PositiveInfinity);

        public (string Name, BrokerOrder Order) Make(decimal quantity)
        {
            var (name, order) = Entry.LegOrder(Name, Type, Price);
            return (name, order with { Quantity = (double)quantity });
        }
    }

    // The exchange rejects a stop that the price has passed already, so the trade is closed at the market.
    private async ValueTask RefusedAsync(VenueOrder entry, VenueOrder leg, decimal quantity, CancellationToken cancellationToken)
    {
        entry.LegsWaitUntil = clock.GetUtcNow() + RefusalPause;
        var (instrument, stop) = (entry.Instrument, (decimal)leg.Order.StopPrice);
        var last = await venue.PriceAsync(instrument.Base, instrument.Quote, cancellationToken).ConfigureAwait(false);
        if (stop <= 0 || last <= 0 || (int)entry.Order.Side * (last - stop) > 0) return;
        var (name, order) = entry.LegOrder(leg.Leg, OrderType.Market, 0);
        await orders.SendAsync(order with { Quantity = (double)quantity }, name, entry.ClientId, quantity, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Cancels the legs of several entries concurrently, before orders of the session close these entries.</summary>
    /// <returns>For each entry, why its legs may still work; null if they have ended.</returns>
    public async ValueTask<BrokerUnavailableException?[]> ReleaseAsync(IReadOnlyList<VenueOrder> entries,
        CancellationToken cancellationToken)
    {
        var legs = entries.SelectMany(Book.LegsOf).ToList();
        var faults = await orders.CancelAsync(legs, cancellationToken).ConfigureAwait(false);
        return [.. entries.Select(e => legs.Zip(faults).FirstOrDefault(l => l.First.Entry == e.ClientId && l.Second is not null).Second)];
    }

    /// <summary>Closes entries whose monitored target price was reached.</summary>
    /// <exception cref="BrokerUnavailableException">There is no response; another call continues.</exception>
    public async ValueTask TakeProfitAsync(string listed, decimal price, CancellationToken cancellationToken)
    {
        var steps = new SeparateSteps();
        foreach (var entry in Book.OpenEntries.Where(e => e.Instrument.Listed == listed).ToList())
        {
            var target = TargetOf(entry);
            if (target.Price <= 0 || TargetRests(entry) || Book.IsClosing(entry) || entry.IsReleasing
                || clock.GetUtcNow() < entry.LegsWaitUntil || (int)entry.Order.Side * (price - (decimal)target.Price) < 0) continue;
            await steps.TryAsync(() => TakeProfitAsync(entry, cancellationToken)).ConfigureAwait(false);
        }
        steps.End();
    }

    private async ValueTask TakeProfitAsync(VenueOrder entry, CancellationToken cancellationToken)
    {
        var fault = (await ReleaseAsync([entry], cancellationToken).ConfigureAwait(false))[0];
        // A stop that is being cancelled must not be placed again before the target is taken.
        entry.IsTargetDue = fault?.RetryAfter is not null;
        if (fault is not null) throw fault;
        var target = TargetOf(entry);
        if (target.Price <= 0) return;
        var quantity = QuantityOf(entry, target.Quantity);
        if (quantity <= 0) return;
        var (name, order) = entry.LegOrder("target", OrderType.Limit, target.Price);
        var sent = await orders.SendAsync(order with { Quantity = (double)quantity, TimeInForce = TimeInForce.ImmediateOrCancel }, name,
            entry.ClientId, quantity, cancellationToken).ConfigureAwait(false);
        if (sent.State == OrderState.Rejected) entry.LegsWaitUntil = clock.GetUtcNow() + RefusalPause;
        else await orders.RefreshAsync(sent, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Moves trailing stops after a bar closed.</summary>
    public IEnumerable<BookFact> Trail(string symbol, Bar bar, long closeTime)
    {
        foreach (var entry in Book.OpenEntries)
        {
            if (entry.Order.Symbol != symbol || !entry.Protection.HasTrail || entry.SentAt.UtcTicks >= closeTime) continue;
            var (side, protection) = (entry.Order.Side, entry.Protection);
            var price = protection.TrailFrom.PriceOf(side, bar, sinceOpen: entry.SentAt.UtcTicks <= bar.Time);
            if (double.IsNaN(entry.TrailBest) || (int)side * (price - entry.TrailBest) > 0)
                yield return new TrailMoved(entry.ClientId, price);
        }
    }

    // Spot markets that reserve balance accept only one order for the same units: the stop.
    private bool TargetRests(VenueOrder entry) => !venue.StopsHoldBalance || !(StopOf(entry).Price > 0);

    private static double EntryPrice(VenueOrder entry) => entry.Filled > 0 ? (double)(entry.Notional / entry.Filled) : 0;

    // Price and greatest quantity of the next target; a price of 0 = none.
    private (double Price, double Quantity) TargetOf(VenueOrder entry)
    {
        var (protection, instrument) = (entry.Protection, entry.Instrument);
        var entered = entry.Reported > 0 ? entry.Reported : entry.Filled;
        var (step, quantity) = protection.NextTarget((double)entered, (double)entry.Taken, (double)instrument.Lot);
        var age = entry.FilledAt is { } filled ? (clock.GetUtcNow() - filled).Ticks : 0;
        return ((double)instrument.RoundPrice(protection.TargetFor(entry.Order.Side, EntryPrice(entry), step, age)), quantity);
    }

    private static decimal QuantityOf(VenueOrder entry, double most) => entry.Instrument.FloorQuantity(
        most < (double)entry.Open ? Math.Min(entry.Instrument.FloorQuantity(most), entry.Open) : entry.Open);

    private static (double Price, bool IsTrail) StopOf(VenueOrder entry)
    {
        var (side, instrument, protection) = (entry.Order.Side, entry.Instrument, entry.Protection);
        var stop = entry.MovedStop > 0 ? entry.MovedStop : protection.StopFor(side, EntryPrice(entry));
        var rounded = stop > 0 ? (double)instrument.RoundPrice(stop) : 0;
        var best = double.IsNaN(entry.TrailBest) ? EntryPrice(entry) : entry.TrailBest;
        var trail = (double)instrument.RoundPrice(protection.TrailFor(side, EntryPrice(entry), best));
        if (trail <= 0) return (rounded, false);
        return rounded > 0 && (int)side * (rounded - trail) >= 0 ? (rounded, false) : (trail, true);
    }
}
