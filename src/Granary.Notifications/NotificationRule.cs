namespace Granary.Notifications;

/// <summary>The event that a rule reports.</summary>
internal enum NotificationEvent
{
    /// <summary>An account's equity is this percentage below its highest value since the server started.</summary>
    Drawdown,

    /// <summary>The number of a session's rejected orders increased by this number.</summary>
    RejectedOrders,

    /// <summary>A session took no bar for this many seconds.</summary>
    FeedLag,

    /// <summary>A session was interrupted and waits, or has failed.</summary>
    SessionLost,

    /// <summary>An account's equity differs by this percentage from its portfolio's with simulated fills.</summary>
    Drift,

    JobDone,

    JobFailed,

    /// <summary>A day of an account has left the band of its comparison with the backtest of the final bars.</summary>
    Parity,

    /// <summary>A test by an operator.</summary>
    Test,

    /// <summary>Several notifications in one message.</summary>
    Digest,

    /// <summary>The venue executed an order of an account, or a part of one.</summary>
    Fill,

    /// <summary>The portfolio refused an entry signal, or the session sent no order for it.</summary>
    SignalRefused,

    /// <summary>The venue rejected an order.</summary>
    OrderRejected,

    /// <summary>A stop, target or trailing stop closed a trade, or the venue did because its margin was used up.</summary>
    Stop,

    /// <summary>The watch of a strategy's model found that its predictions got worse, and began to reduce the strategy's entries.</summary>
    ModelDrift,

    /// <summary>A session began to trade an account, or continued after an interruption.</summary>
    SessionStarted,

    /// <summary>A session ended, because its feed did or its operator stopped it.</summary>
    SessionEnded,

    /// <summary>A symbol that a session trades rose to a price.</summary>
    PriceAbove,

    /// <summary>A symbol that a session trades fell to a price.</summary>
    PriceBelow,
}

/// <summary>An event, and the channels to which it is sent.</summary>
/// <param name="Threshold">A percentage, a number of orders, seconds, or a price; 0 for rules without a threshold.</param>
/// <param name="Account">The account; null for all.</param>
/// <param name="To">The names of the channels.</param>
internal sealed record NotificationRule(NotificationEvent On, double Threshold, string? Account, IReadOnlyList<string> To)
{
    internal const string EveryFault = "a length of time from 1s to 7d is needed, as 15m";

    private const int LongestAccount = 200;

    /// <summary>The symbol whose price is meant; null for other rules.</summary>
    public string? Symbol { get; init; }

    /// <summary>Collect the notifications of the rule for this long, and send them as one message; null = as the channel says.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>Whether the event is sent at once, whatever the limits of rules and channels.</summary>
    public static bool IsUrgent(NotificationEvent kind) =>
        kind is NotificationEvent.Drawdown or NotificationEvent.SessionLost or NotificationEvent.Test;

    /// <summary>Whether the event is read from the journal of an account, in which it is found once.</summary>
    public static bool IsOfJournal(NotificationEvent kind) => kind is NotificationEvent.Fill or NotificationEvent.SignalRefused
        or NotificationEvent.OrderRejected or NotificationEvent.Stop or NotificationEvent.ModelDrift or NotificationEvent.SessionStarted
        or NotificationEvent.SessionEnded || IsOfPrice(kind);

    /// <summary>Whether the event is that a symbol reaches a price.</summary>
    public static bool IsOfPrice(NotificationEvent kind) => kind is NotificationEvent.PriceAbove or NotificationEvent.PriceBelow;

    /// <summary>Whether the event is of an account, and not of a job.</summary>
    public static bool IsOfAccount(NotificationEvent kind) => kind is not (NotificationEvent.JobDone or NotificationEvent.JobFailed);

    /// <summary>Describes why the rule would never notify; null if it is right.</summary>
    /// <param name="channels">The names of the channels.</param>
    internal (RulePart Part, string Sentence)? FaultOf(IReadOnlyList<string> channels)
    {
        var word = NotificationSettings.WordOf(On);
        if (NotificationSettings.Events.First(e => e.Event == On).Key is not null && !(Threshold > 0 && double.IsFinite(Threshold)))
            return (RulePart.Threshold, $"a rule on '{word}' needs a threshold above 0");
        if (On == NotificationEvent.Drawdown && Threshold > 100)
            return (RulePart.Threshold, "no equity falls by more than 100 percent; use at most 100");
        if (IsOfPrice(On) && string.IsNullOrWhiteSpace(Symbol))
            return (RulePart.Symbol, $"a rule on '{word}' needs the symbol, such as BTCUSDT");
        if (!IsOfPrice(On) && Symbol is not null) return (RulePart.Symbol, $"a rule on '{word}' has no symbol; remove it");
        if (Account is not null && !IsOfAccount(On)) return (RulePart.Account, $"a rule on '{word}' has no account; remove it");
        if (Account is { Length: 0 or > LongestAccount })
            return (RulePart.Account, $"an account has 1 to {LongestAccount} characters; leave it out for all accounts");
        if (Every is not null && IsUrgent(On)) return (RulePart.Every, $"a rule on '{word}' is sent at once; remove 'every'");
        if (To.Count == 0) return (RulePart.To, "no channel is named; the channels are " + string.Join(", ", channels));
        return To.FirstOrDefault(t => !channels.Contains(t, StringComparer.Ordinal)) is { } unknown
            ? (RulePart.To, $"there is no channel '{unknown}'; the channels are {string.Join(", ", channels)}") : null;
    }

    /// <inheritdoc/>
    public bool Equals(NotificationRule? other) => other is not null && On == other.On && Threshold.Equals(other.Threshold)
        && Account == other.Account && Symbol == other.Symbol && Every == other.Every && To.SequenceEqual(other.To, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(On, Threshold, Account, To.Count);
}

/// <summary>The part of a rule that is wrong.</summary>
internal enum RulePart
{
    Threshold,
    Symbol,
    Account,
    Every,
    To,
}
