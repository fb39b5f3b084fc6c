namespace Granary.Server.Notifications;

public enum DeliveryState
{
    /// <summary>It waits for its first or next attempt.</summary>
    Pending,

    Delivered,

    /// <summary>It was given up after the last attempt.</summary>
    Dead,
}

/// <summary>A notification on its way to one webhook.</summary>
/// <param name="Id">Of the notification and the webhook.</param>
/// <param name="Attempts">Made so far.</param>
/// <param name="NextAt">When the next attempt is due, UTC.</param>
/// <param name="Fault">Why the last attempt failed; null where it did not.</param>
public sealed record Delivery(string Id, string Webhook, Notification Notification, DeliveryState State, int Attempts,
    DateTimeOffset NextAt, string? Fault);
