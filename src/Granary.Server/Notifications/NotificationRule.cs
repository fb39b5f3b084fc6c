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

    /// <summary>A day of an account has left the band of its comparison with the backtest of the final bars.</summary>
    Parity,

    /// <summary>A test by an operator.</summary>
    Test,
}

/// <summary>An event, and the webhooks to which it is sent.</summary>
/// <param name="Threshold">A percentage, a number of orders, or seconds; 0 for rules without a threshold.</param>
/// <param name="Account">The account; null for all.</param>
/// <param name="To">The names of the webhooks.</param>
public sealed record NotificationRule(NotificationEvent On, double Threshold, string? Account, IReadOnlyList<string> To)
{
    private const int LongestAccount = 200;

    /// <summary>Whether the event is of an account, and not of a job.</summary>
    public static bool IsOfAccount(NotificationEvent kind) => kind is not (NotificationEvent.JobDone or NotificationEvent.JobFailed);

    /// <summary>Describes why the rule would never notify; null if it is right.</summary>
    /// <param name="webhooks">The names of the webhooks.</param>
    internal (RulePart Part, string Sentence)? FaultOf(IReadOnlyList<string> webhooks)
    {
        var word = NotificationSettings.WordOf(On);
        if (NotificationSettings.Events.First(e => e.Event == On).Key is not null && !(Threshold > 0 && double.IsFinite(Threshold)))
            return (RulePart.Threshold, $"a rule on '{word}' needs a threshold above 0");
        if (On == NotificationEvent.Drawdown && Threshold > 100)
            return (RulePart.Threshold, "no equity falls by more than 100 percent; use at most 100");
        if (Account is not null && !IsOfAccount(On)) return (RulePart.Account, $"a rule on '{word}' has no account; remove it");
        if (Account is { Length: 0 or > LongestAccount })
            return (RulePart.Account, $"an account has 1 to {LongestAccount} characters; leave it out for all accounts");
        if (To.Count == 0) return (RulePart.To, "no webhook is named; the webhooks are " + string.Join(", ", webhooks));
        return To.FirstOrDefault(t => !webhooks.Contains(t, StringComparer.Ordinal)) is { } unknown
            ? (RulePart.To, $"there is no webhook '{unknown}'; the webhooks are {string.Join(", ", webhooks)}") : null;
    }

    /// <inheritdoc/>
    public bool Equals(NotificationRule? other) => other is not null && On == other.On && Threshold.Equals(other.Threshold)
        && Account == other.Account && To.SequenceEqual(other.To, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(On, Threshold, Account, To.Count);
}

/// <summary>The part of a rule that is wrong.</summary>
internal enum RulePart
{
    Threshold,
    Account,
    To,
}

/// <summary>A destination of notifications. Only the operator configures it, never a caller.</summary>
/// <param name="Secret">The key for the signature.</param>
public sealed record Webhook(string Name, Uri Url, byte[] Secret);
