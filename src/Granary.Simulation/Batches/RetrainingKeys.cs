using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Learning.Retraining;

namespace Granary.Simulation.Batches;

/// <summary>The keys of <c>retrain</c>: the schedule for retraining a strategy's model, and the maximum age of a version.</summary>
internal sealed record RetrainingKeys : IKeyFaults
{
    [Key("closed trades of the strategy's own account between two trainings", Without = "required without `days`"), Range(1, 1_000_000)]
    public int? Trades { get; init; }

    [Key("days between two trainings", Without = "required without `trades`"), Range(1, 10_000)]
    public int? Days { get; init; }

    [Key("span such as `6h` or `1d` until a training takes effect", Without = "at once")]
    public string? Lateness { get; init; }

    [Key("largest p-value that promotes a version"), Range(0.0001, 0.5)]
    public double Level { get; init; } = 0.05;

    [Key("whether the newest version that was not promoted predicts without acting, and is compared again")]
    public bool Challenger { get; init; }

    [Key("the age at which a version admits no more entries", Without = "none")]
    public ExpiryKeys? Expire { get; init; }

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Fault)> KeyFaults
    {
        get
        {
            if (Trades is null == Days is null)
                yield return ("", "a retraining comes after a number of closed trades or of days; give one of 'trades' and 'days'");
            if (Lateness is not null && LatenessTicks is null)
                yield return ("lateness", $"'{Lateness}' is not a span of hours, days or weeks, such as \"6h\" or \"1d\"");
        }
    }

    private long? LatenessTicks => CalendarSpan.TryParse(Lateness ?? "", out var span) && span.Months == 0 ? span.Ticks : null;

    public RetrainingRule ToRule() =>
        new(Trades, Trades is null ? Days ?? 1 : null, LatenessTicks ?? 0, Level, Challenger, Expire?.ToExpiry());
}

/// <summary>The keys of <c>expire</c>.</summary>
internal sealed record ExpiryKeys : IKeyFaults
{
    [Key("bars of the strategy's feed since the training", Without = "no limit"), Range(1, 100_000_000)]
    public int? Bars { get; init; }

    [Key("closed trades of the strategy's own account since the training", Without = "no limit"), Range(1, 1_000_000)]
    public int? Trades { get; init; }

    [Key("days since the training", Without = "no limit"), Range(1, 10_000)]
    public int? Days { get; init; }

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Fault)> KeyFaults => this == new ExpiryKeys()
        ? [("", "a version expires by its age; give 'bars', 'trades' or 'days', or leave 'expire' out")] : [];

    public VersionExpiry ToExpiry() => new(Bars, Trades, Days);
}
