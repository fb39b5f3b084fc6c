namespace Granary.Notifications;

internal enum DeliveryState
{
    /// <summary>The delivery waits for its first or next attempt, or is collected for a digest.</summary>
    Pending,

    Delivered,

    /// <summary>The delivery was given up after the last attempt, or the receiver refused it for good.</summary>
    Dead,

    /// <summary>The notification is a part of a digest, which has a delivery of its own.</summary>
    Collected,
}

/// <summary>A delivery of a notification to one channel.</summary>
/// <param name="Id">The id, from the notification and the channel.</param>
/// <param name="Attempts">The number of attempts so far.</param>
/// <param name="NextAt">When the next attempt is due, UTC.</param>
/// <param name="Fault">Why the last attempt failed; null if it did not.</param>
internal sealed record Delivery(string Id, string Channel, Notification Notification, DeliveryState State, int Attempts,
    DateTimeOffset NextAt, string? Fault)
{
    /// <summary>Increases with each delivery that a server adds: the order of notifications of the same time.</summary>
    public long Order { get; init; }

    /// <summary>The time for which its rule collects notifications; null = as the channel says.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>When the receiver took it, UTC; null before.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The time up to which the receiver wants no message of the channel, UTC; null if it has not said one.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>Of a digest: the ids of the deliveries in it.</summary>
    public IReadOnlyList<string> Items { get; init; } = [];
}
