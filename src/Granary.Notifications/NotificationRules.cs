using Granary.Contracts.Notifications;

namespace Granary.Notifications;

/// <summary>A version of the rules of a server.</summary>
/// <param name="Version">0 = the rules of the file, which no caller has changed.</param>
/// <param name="Rules">Null in a store: the rules of the file are in force again.</param>
/// <param name="Change">Who changed them; null for version 0.</param>
internal sealed record NotificationRules(long Version, IReadOnlyList<NotificationRule>? Rules, RuleChange? Change);
