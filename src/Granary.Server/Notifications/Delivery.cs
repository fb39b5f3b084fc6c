namespace Granary.Server.Notifications;

public enum DeliveryState
{
    /// <summary>The delivery waits for its first or next attempt.</summary>
    Pending,

    Delivered,

    /// <summary>The delivery was given up after the last attempt.</summary>
    Dead,
}

/// <summary>A delivery of a notification to one webhook.</summary>
/// <param name="Id">The id, from the notification and the webhook.</param>
/// <param name="Attempts">The number of attempts so far.</param>
/// <param name="NextAt">When the next attempt is due, UTC.</param>
/// <param name="Fault">Why the last attempt failed; null if it did not.</param>
public sealed record Delivery(string Id, string Webhook, Notification Notification, DeliveryState State, int Attempts,
    DateTimeOffset NextAt, string? Fault);
