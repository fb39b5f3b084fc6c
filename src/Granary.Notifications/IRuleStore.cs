namespace Granary.Notifications;

/// <summary>Storage of the rules that callers have changed. Writes are durable when the call returns.</summary>
internal interface IRuleStore
{
    /// <summary>Returns the newest version; null if no caller has changed the rules.</summary>
    NotificationRules? Find();

    /// <summary>Stores the version after <paramref name="expected"/>.</summary>
    /// <param name="expected">The version in force; 0 = none is stored.</param>
    /// <returns>False if a different version is in force.</returns>
    bool TryReplace(long expected, NotificationRules next);
}
