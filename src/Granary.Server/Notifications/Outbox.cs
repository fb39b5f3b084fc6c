namespace Granary.Server.Notifications;

/// <summary>
/// Durable deliveries, so that detected events are sent also after a crash. Silos with a common store share its deliveries: each event is
/// stored once, and the holder of its lease makes the attempt.
/// </summary>
public sealed class Outbox(IOutboxStore store, TimeProvider clock)
{
    /// <summary>After this many attempts, over about 10 hours, a delivery is given up.</summary>
    public const int MostAttempts = 20;

    private const int MostEnded = 1000;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5), Longest = TimeSpan.FromHours(1);

    /// <summary>Stores a notification for a webhook until it is delivered; an existing delivery is unchanged.</summary>
    /// <returns>Whether the delivery is new.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public bool Add(Notification notification, string webhook) => store.TryAdd(
        new Delivery($"{notification.Id}-{webhook}", webhook, notification, DeliveryState.Pending, 0, clock.GetUtcNow(), null));

    /// <summary>Returns all deliveries, newest first.</summary>
    public IReadOnlyList<Delivery> List() =>
        [.. store.All().OrderByDescending(d => d.Notification.At).ThenBy(d => d.Id, StringComparer.Ordinal)];

    /// <summary>Makes the attempts that are due, and removes the oldest completed deliveries.</summary>
    /// <param name="send">Makes one attempt; throws if it fails.</param>
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
