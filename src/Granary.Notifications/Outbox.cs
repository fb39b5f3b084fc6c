namespace Granary.Notifications;

/// <summary>
/// Durable deliveries, so detected events are sent also after a crash. Silos with a common store share its deliveries: each event is
/// stored once, and the holder of its lease makes the attempt.
/// </summary>
internal sealed class Outbox(IOutboxStore store, TimeProvider clock)
{
    /// <summary>After this many attempts, over about 10 hours, a delivery is given up.</summary>
    public const int MostAttempts = 20;

    private const int MostEnded = 500;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5), Longest = TimeSpan.FromHours(1),
        // Shorter than the lease of a channel.
        LongestTurn = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _order;

    /// <summary>Stores a notification for a channel until it is delivered; an existing delivery is unchanged.</summary>
    /// <param name="every">The time for which its rule collects notifications; null = as the channel says.</param>
    /// <returns>Whether the delivery is new.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public bool Add(Notification notification, string channel, TimeSpan? every = null) => store.TryAdd(NewOf(notification, channel) with
    {
        Every = every,
    });

    private Delivery NewOf(Notification notification, string channel)
    {
        var now = clock.GetUtcNow();
        lock (_gate) _order = Math.Max(_order + 1, now.UtcTicks);
        return new($"{notification.Id}-{channel}", channel, notification, DeliveryState.Pending, 0, now, null) { Order = _order };
    }

    /// <summary>Returns all deliveries, newest first.</summary>
    public IReadOnlyList<Delivery> List() =>
        [.. store.All().OrderByDescending(d => d.Notification.At).ThenByDescending(d => d.Order).ThenBy(d => d.Id, StringComparer.Ordinal)];

    /// <summary>Makes the attempts that are due, and removes the oldest completed deliveries.</summary>
    /// <param name="send">Makes one attempt; throws if it fails.</param>
    /// <param name="limitOf">The limit of a channel; null for no limits.</param>
    public async Task DeliverAsync(Func<Delivery, CancellationToken, Task> send, CancellationToken cancellationToken,
        Func<string, SendLimit>? limitOf = null)
    {
        var all = List();
        // A channel that does not answer must not delay the others.
        await Task.WhenAll(all.Where(d => d.State == DeliveryState.Pending).GroupBy(d => d.Channel).Select(
            c => DeliverToAsync(c.Key, limitOf?.Invoke(c.Key) ?? SendLimit.None, send, cancellationToken))).ConfigureAwait(false);
        // The events of a journal are read once. Others are found again and again, so they are remembered apart.
        foreach (var ended in all.Where(d => d.State != DeliveryState.Pending)
            .GroupBy(d => (d.State == DeliveryState.Collected, NotificationRule.IsOfJournal(d.Notification.Event))))
            foreach (var old in ended.Skip(MostEnded)) store.Remove(old.Id);
    }

    // A digest is stored before its parts are marked: a crash in between must not send them again.
    private IReadOnlyList<Delivery> Marked(IReadOnlyList<Delivery> all)
    {
        var collected = all.SelectMany(d => d.Items).ToHashSet(StringComparer.Ordinal);
        return [.. all.Select(d => d.State == DeliveryState.Pending && collected.Contains(d.Id) ? Mark(d) : d)];
    }

    private Delivery Mark(Delivery part)
    {
        var marked = part with { State = DeliveryState.Collected };
        store.Replace(marked);
        return marked;
    }

    private async Task DeliverToAsync(string channel, SendLimit limit, Func<Delivery, CancellationToken, Task> send,
        CancellationToken cancellationToken)
    {
        // One silo at a time counts and collects the messages of a channel.
        using var turn = store.Lease(channel, LeaseKind.Channel);
        if (turn is null) return;
        var all = Marked([.. List().Where(d => d.Channel == channel)]);
        var now = clock.GetUtcNow();
        if (all.Any(d => d.State == DeliveryState.Pending && d.PausedUntil > now)) return;
        // Repetitions and urgent events come first.
        var due = all.Where(d => d.State == DeliveryState.Pending && d.NextAt <= now && !Digests.IsWaiting(d, limit)
                && !Digests.IsHeld(d, all, limit, now)).Reverse()
            .Concat(Digests.Due(all, limit, now).Select(m => m is [var one] ? one : Collect(channel, m)));
        var started = clock.GetTimestamp();
        foreach (var delivery in due)
            if (!await TryAsync(delivery.Id, send, cancellationToken).ConfigureAwait(false)
                || clock.GetElapsedTime(started) > LongestTurn) return;
    }

    private Delivery Collect(string channel, IReadOnlyList<Delivery> items)
    {
        var digest = NewOf(Digests.Of(channel, items, clock.GetUtcNow()), channel) with { Items = [.. items.Select(d => d.Id)] };
        store.TryAdd(digest);
        foreach (var item in items) Mark(item);
        return digest;
    }

    /// <returns>False if the receiver is unreachable or wants a pause, so further messages would fail too.</returns>
    private async Task<bool> TryAsync(string id, Func<Delivery, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        using var lease = store.Lease(id, LeaseKind.Delivery);
        // Another silo may have made the attempt meanwhile.
        if (lease is null || store.Find(id) is not { State: DeliveryState.Pending } delivery || delivery.NextAt > clock.GetUtcNow())
            return true;
        if (delivery.Attempts >= MostAttempts)
        {
            store.Replace(delivery with
            {
                State = DeliveryState.Dead,
                Fault = delivery.Fault ?? "the process ended during the last attempt, and its answer is unknown",
            });
            return true;
        }
        var attempts = delivery.Attempts + 1;
        var pause = TimeSpan.FromTicks((long)Math.Min(Longest.Ticks, First.Ticks * Math.Pow(2, attempts - 1)));
        // The attempt is stored before it is made: a process that ends in it must not make more attempts than the limit.
        var begun = delivery with { Attempts = attempts, NextAt = clock.GetUtcNow() + pause, PausedUntil = null };
        store.Replace(begun);
        try
        {
            await send(delivery, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var (permanent, asked) = e is DeliveryException d ? (d.IsPermanent, d.Pause) : (false, null);
            var now = clock.GetUtcNow();
            var until = asked is { } wanted ? now + (wanted < Longest ? wanted : Longest) : (DateTimeOffset?)null;
            store.Replace(begun with
            {
                State = attempts < MostAttempts && !permanent ? DeliveryState.Pending : DeliveryState.Dead,
                NextAt = until > now + pause ? until.Value : now + pause,
                PausedUntil = until,
                Fault = e.Message,
            });
            return permanent;
        }
        store.Replace(begun with { State = DeliveryState.Delivered, Fault = null, SentAt = clock.GetUtcNow() });
        return true;
    }
}
