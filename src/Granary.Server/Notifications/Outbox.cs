namespace Granary.Server.Notifications;

/// <summary>
/// The deliveries of a store, so that what was detected is sent after a crash. Silos that share a store share its deliveries: an event is
/// in it once, and an attempt is made by the one that has its lease.
/// </summary>
public sealed class Outbox(IOutboxStore store, TimeProvider clock)
{
    /// <summary>After this many attempts, about 10 hours, a delivery is given up.</summary>
    public const int MostAttempts = 20;

    private const int MostEnded = 1000;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5), Longest = TimeSpan.FromHours(1);

    /// <summary>Keeps a notification for a webhook until it is delivered; one that is known stays as it is.</summary>
    /// <returns>Whether it is new.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool Add(Notification notification, string webhook) => store.TryAdd(
        new Delivery($"{notification.Id}-{webhook}", webhook, notification, DeliveryState.Pending, 0, clock.GetUtcNow(), null));

    /// <summary>All deliveries, the newest first.</summary>
    public IReadOnlyList<Delivery> List() =>
        [.. store.All().OrderByDescending(d => d.Notification.At).ThenBy(d => d.Id, StringComparer.Ordinal)];

    /// <summary>Makes the attempts that are due, and forgets the oldest that have ended.</summary>
    /// <param name="send">Makes one attempt; throws where it fails.</param>
    public async Task DeliverAsync(Func<Delivery, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var all = List();
        foreach (var due in all.Where(d => d.State == DeliveryState.Pending && d.NextAt <= clock.GetUtcNow()).Reverse())
            await TryAsync(due.Id, send, cancellationToken).ConfigureAwait(false);
        foreach (var old in all.Where(d => d.State != DeliveryState.Pending).Skip(MostEnded)) store.Remove(old.Id);
    }

    private async Task TryAsync(string id, Func<Delivery, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        using var lease = store.Lease(id);
        // Another silo may have made the attempt meanwhile.
        if (lease is null || store.Find(id) is not { State: DeliveryState.Pending } delivery || delivery.NextAt > clock.GetUtcNow()) return;
        var attempts = delivery.Attempts + 1;
        try
        {
            await send(delivery, cancellationToken).ConfigureAwait(false);
            store.Replace(delivery with { State = DeliveryState.Delivered, Attempts = attempts, Fault = null });
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var pause = TimeSpan.FromTicks((long)Math.Min(Longest.Ticks, First.Ticks * Math.Pow(2, attempts - 1)));
            store.Replace(delivery with
            {
                State = attempts < MostAttempts ? DeliveryState.Pending : DeliveryState.Dead,
                Attempts = attempts,
                NextAt = clock.GetUtcNow() + pause,
                Fault = e.Message,
            });
        }
    }
}
