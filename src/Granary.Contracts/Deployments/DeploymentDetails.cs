namespace Granary.Contracts.Deployments;

/// <summary>A deployment in a list.</summary>
/// <param name="Hash">SHA-256 of the configuration.</param>
/// <param name="AddedAt">UTC.</param>
/// <param name="FailedChecks">The validation checks that failed or are missing, one sentence each; empty if all passed.</param>
/// <param name="Strategies">How many it has.</param>
/// <param name="Disabled">How many of them may not enter.</param>
/// <param name="LastAccount">The account that traded it last; null if none has traded it.</param>
public sealed record DeploymentEntry(int Number, string Name, string Hash, DateTimeOffset AddedAt, string Who, string Why,
    IReadOnlyList<string> FailedChecks, DeploymentBacktest Backtest, int Strategies, int Disabled, string? LastAccount);

/// <summary>The backtest that justified a deployment.</summary>
/// <param name="Run">The name of its folder.</param>
/// <param name="Statistics">The portfolio's statistics, by the names of results.json.</param>
/// <param name="Days">How many days of equity it has.</param>
public sealed record DeploymentBacktest(string Run, string Digest, IReadOnlyDictionary<string, double> Statistics, int Days);

/// <summary>A page of deployments, the newest first.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record DeploymentPage(IReadOnlyList<DeploymentEntry> Items, string? Next) : IPage<DeploymentEntry>;

/// <summary>A strategy of a deployment.</summary>
/// <param name="Enabled">Whether it may enter.</param>
/// <param name="Change">The entry of the history that disabled it; null if it is enabled.</param>
public sealed record DeploymentStrategy(string Id, double Weight, IReadOnlyList<string> Symbols, bool Enabled, DeploymentEvent? Change);

/// <summary>A deployment with its strategies and its history.</summary>
/// <param name="History">Oldest first.</param>
public sealed record DeploymentDetails(DeploymentEntry Deployment, IReadOnlyList<DeploymentStrategy> Strategies,
    IReadOnlyList<DeploymentEvent> History);

/// <summary>An action on a deployment.</summary>
public enum DeploymentAction : byte
{
    Added,
    Enabled,
    Disabled,

    /// <summary>An account was handed over to it.</summary>
    Switched,

    /// <summary>A session of it started.</summary>
    Started,
}

/// <summary>An entry of the history of deployments.</summary>
/// <param name="Sequence">From 1, over all deployments.</param>
public sealed record DeploymentEvent(long Sequence, DateTimeOffset At, DeploymentAction Action, int Number, string Who, string Why)
{
    /// <summary>The strategy that was enabled or disabled; empty for all of <see cref="Symbol"/>.</summary>
    public string Strategy { get; init; } = "";

    /// <summary>The pair whose strategies were enabled or disabled.</summary>
    public string Symbol { get; init; } = "";

    /// <summary>The account that was switched or started.</summary>
    public string Account { get; init; } = "";

    /// <summary>Folder of the session's run.</summary>
    public string Run { get; init; } = "";

    /// <summary>Treatment of open trades, in words.</summary>
    public string Policy { get; init; } = "";
}

/// <summary>A request to add a deployment.</summary>
/// <param name="Run">The id of a run of the server; without a configuration its prod.json is added.</param>
/// <param name="Configuration">The text of a prod.json.</param>
/// <param name="Why">For the history.</param>
public sealed record NewDeployment(string? Run, string? Configuration, string? Why);

/// <summary>A change of the entries of a strategy or pair of a deployment.</summary>
/// <param name="Enabled">Whether entries are allowed.</param>
/// <param name="Strategy">The strategy's id.</param>
/// <param name="Symbol">Instead of a strategy: a symbol, for all strategies that trade it.</param>
/// <param name="Why">For the history.</param>
public sealed record EntriesChange(bool? Enabled, string? Strategy, string? Symbol, string? Why);
