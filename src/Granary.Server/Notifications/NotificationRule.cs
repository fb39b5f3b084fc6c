namespace Granary.Server.Notifications;

/// <summary>The event that a rule reports.</summary>
public enum NotificationEvent
{
    /// <summary>An account's equity is this percentage below its highest value since the server started.</summary>
    Drawdown,

    /// <summary>The number of a session's rejected orders increased by this number.</summary>
    RejectedOrders,

    /// <summary>A session took no bar for this many seconds.</summary>
    FeedLag,

    /// <summary>A session was interrupted and waits, or has failed.</summary>
    SessionLost,

    /// <summary>An account's equity differs by this percentage from that of its portfolio with simulated fills.</summary>
    Drift,

    JobDone,

    JobFailed,

    /// <summary>A test by an operator.</summary>
    Test,
}

/// <summary>An event, and the webhooks to which it is sent.</summary>
/// <param name="Threshold">A percentage, a number of orders, or seconds; 0 for rules without a threshold.</param>
/// <param name="Account">The account; null for all.</param>
/// <param name="To">The names of the webhooks.</param>
public sealed record NotificationRule(NotificationEvent On, double Threshold, string? Account, IReadOnlyList<string> To);

/// <summary>A destination of notifications. Only the operator configures it, never a caller.</summary>
/// <param name="Secret">The key for the signature.</param>
public sealed record Webhook(string Name, Uri Url, byte[] Secret);
