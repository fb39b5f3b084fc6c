namespace Granary.Server.Notifications;

/// <summary>What a rule reports.</summary>
public enum NotificationEvent
{
    /// <summary>An account's equity lies this percentage below its highest since the server started.</summary>
    Drawdown,

    /// <summary>A session has this many more rejected orders.</summary>
    RejectedOrders,

    /// <summary>A session took no bar for this number of seconds.</summary>
    FeedLag,

    /// <summary>A session was interrupted and waits, or failed.</summary>
    SessionLost,

    /// <summary>An account's equity differs by this percentage from that of its portfolio with simulated fills.</summary>
    Drift,

    JobDone,

    JobFailed,

    /// <summary>Sent by an operator to try the webhooks.</summary>
    Test,
}

/// <summary>An event, and the webhooks that it is sent to.</summary>
/// <param name="Threshold">Percent, a number of orders, or seconds; 0 for rules without one.</param>
/// <param name="Account">Only this account; null for all.</param>
/// <param name="To">Names of webhooks.</param>
public sealed record NotificationRule(NotificationEvent On, double Threshold, string? Account, IReadOnlyList<string> To);

/// <summary>Where notifications are sent: configuration of the operator, never of a caller.</summary>
/// <param name="Secret">The key of the signature.</param>
public sealed record Webhook(string Name, Uri Url, byte[] Secret);
