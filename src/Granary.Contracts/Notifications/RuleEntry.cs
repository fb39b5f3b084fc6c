namespace Granary.Contracts.Notifications;

/// <summary>A rule of notifications.</summary>
/// <param name="On">The event's name.</param>
/// <param name="Threshold">Percent, a number of orders, seconds, or a price; absent for events without one.</param>
/// <param name="Account">Only this account; absent for all.</param>
/// <param name="To">Names of channels.</param>
/// <param name="Every">Collect its notifications for this long, such as 15m, and send them as one message; absent = as the channel.</param>
/// <param name="Symbol">The symbol of price-above and price-below; absent for other events.</param>
public sealed record RuleEntry(string On, double? Threshold, string? Account, IReadOnlyList<string> To, string? Every = null,
    string? Symbol = null);

/// <summary>A delivery of a notification.</summary>
/// <param name="State">pending, delivered, dead (given up) or collected (sent in a digest).</param>
/// <param name="NextAt">When the next attempt is due; absent where none is.</param>
public sealed record DeliveryEntry(string Id, string On, string Subject, string Text, DateTimeOffset At, string Channel, string State,
    int Attempts, DateTimeOffset? NextAt, string? Fault);

/// <summary>The notifications of a server: rules, channels, and the events that a rule can have.</summary>
/// <param name="Configured">Whether the server was started with a file of channels; without one it has no rules.</param>
/// <param name="Version">The version of the rules; 0 = those of the file.</param>
/// <param name="Change">Who changed the rules last; null while those of the file are in force from the start.</param>
public sealed record NotificationState(bool Configured, IReadOnlyList<RuleEntry> Rules, long Version, RuleChange? Change,
    IReadOnlyList<ChannelEntry> Channels, IReadOnlyList<EventEntry> Events);

/// <summary>A change of the rules.</summary>
/// <param name="At">UTC.</param>
public sealed record RuleChange(string Who, string Why, DateTimeOffset At);

/// <summary>A channel. The rest of its address and its secrets are in the file of the operator only.</summary>
/// <param name="Kind">webhook, email, telegram, discord or slack.</param>
/// <param name="Host">The host that takes its messages.</param>
/// <param name="Every">The time for which it collects notifications; null if it sends each at once.</param>
/// <param name="AtMost">Its maximum number of messages, as 20/h; null for no maximum.</param>
/// <param name="Quiet">Its quiet hours, as 22:00 to 07:00 Europe/Paris; null without any.</param>
public sealed record ChannelEntry(string Name, string Kind, string Host, string? Every, string? AtMost, string? Quiet = null);

/// <summary>An event that a rule can have.</summary>
/// <param name="On">Its name.</param>
/// <param name="Unit">The unit of its threshold: percent, count, seconds or price; null for an event without one.</param>
/// <param name="Threshold">The usual threshold; null without one.</param>
/// <param name="HasAccount">Whether its rules can be of one account.</param>
/// <param name="IsUrgent">Whether it is sent at once, whatever the limits of rules and channels.</param>
public sealed record EventEntry(string On, string? Unit, double? Threshold, bool HasAccount, bool IsUrgent);

/// <summary>New rules, which replace all.</summary>
/// <param name="Why">For the audit log.</param>
public sealed record NewRules(IReadOnlyList<RuleEntry?>? Rules, string? Why);

/// <summary>A request for a test notification.</summary>
/// <param name="To">The channel's name; null = all.</param>
public sealed record NewTest(string? To);

/// <summary>The result of a test notification.</summary>
/// <param name="To">The channel's name.</param>
/// <param name="Fault">Why the receiver did not take it; null if it did.</param>
/// <param name="Answer">What the receiver answered, in one sentence; null if it did not take it.</param>
public sealed record TestDelivery(string To, bool Delivered, string? Fault, string? Answer = null);
