namespace Granary.Contracts.Notifications;

/// <summary>A rule of notifications.</summary>
/// <param name="On">The event's name.</param>
/// <param name="Threshold">Percent, a number of orders, or seconds; absent for events without one.</param>
/// <param name="Account">Only this account; absent for all.</param>
/// <param name="To">Names of webhooks.</param>
public sealed record RuleEntry(string On, double? Threshold, string? Account, IReadOnlyList<string> To);

/// <summary>A delivery of a notification.</summary>
/// <param name="State">pending, delivered or dead (given up).</param>
/// <param name="NextAt">When the next attempt is due; absent where none is.</param>
public sealed record DeliveryEntry(string Id, string On, string Subject, string Text, DateTimeOffset At, string Webhook, string State,
    int Attempts, DateTimeOffset? NextAt, string? Fault);
