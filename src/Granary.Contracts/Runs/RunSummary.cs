namespace Granary.Contracts.Runs;

/// <summary>A finished run in a list of runs.</summary>
/// <param name="Id">The name of its folder.</param>
/// <param name="Batch">The name of its batch.</param>
/// <param name="Status">done or interrupted.</param>
/// <param name="Created">UTC.</param>
/// <param name="Seconds">From the first bar read until the results were complete, of the last attempt.</param>
/// <param name="LearnedWeights">Whether a policy learned its weights.</param>
public sealed record RunSummary(string Id, string Batch, string Status, string Digest, DateTimeOffset Created, double? Seconds,
    string Host, bool LearnedWeights)
{
    /// <summary>
    /// Seconds that passed from the submission or start of the run until its files were written; the wait in the queue and interrupted
    /// attempts count.
    /// </summary>
    public double? ElapsedSeconds { get; init; }

    /// <summary>The name to show: that of the batch, unless the run was renamed.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="RunKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The symbols of its markets; in a list of runs, only the first five.</summary>
    public required IReadOnlyList<string> Markets { get; init; }

    /// <summary>How many markets it has.</summary>
    public required int MarketCount { get; init; }

    /// <summary>The portfolio's return, a fraction; for a live run, the account's. null if there is no portfolio.</summary>
    public double? TotalReturn { get; init; }

    /// <summary>Sharpe ratio of the portfolio, annualised; null if it is undefined, and for a live run.</summary>
    public double? Sharpe { get; init; }

    /// <summary>The portfolio's drawdown, a positive fraction of the peak; null if there is no portfolio, and for a live run.</summary>
    public double? MaxDrawdown { get; init; }

    /// <summary>Whether it has a configuration to trade, prod.json, from which a deployment can be made.</summary>
    public bool Deployable { get; init; }

    /// <summary>Whether all validation checks passed, as a live session requires them.</summary>
    public bool Tradable { get; init; }
}

/// <summary>The kinds of runs.</summary>
public static class RunKinds
{
    public const string Backtest = "backtest";

    public const string WalkForward = "walk-forward";

    /// <summary>One portfolio of several runs, or of trades of other programs.</summary>
    public const string Combined = "combined";

    /// <summary>A live session, also one on paper.</summary>
    public const string Live = "live";

    /// <summary>A backtest whose weights a policy learned.</summary>
    public const string Reinforce = "reinforce";

    /// <summary>A backtest that trained models of its strategies.</summary>
    public const string Training = "training";

    /// <summary>A backtest whose parameters a search chose.</summary>
    public const string Search = "search";

    public static IReadOnlyList<string> All { get; } = [Backtest, WalkForward, Combined, Live, Reinforce, Training, Search];
}

/// <summary>A page of runs.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
/// <param name="Total">How many runs match on all pages.</param>
public sealed record RunPage(IReadOnlyList<RunSummary> Items, string? Next, int Total) : IPage<RunSummary>;

/// <summary>A change of a run.</summary>
/// <param name="Name">The name to show, 1 to 100 characters; the id does not change.</param>
public sealed record RunChange(string? Name);

/// <summary>A request for a link to a run.</summary>
/// <param name="Days">Days for which the link is valid, 1 to 365; null = 7.</param>
public sealed record NewShare(int? Days);

/// <summary>A link to a run.</summary>
/// <param name="Url">A path of this server, which opens the report; the same path followed by /NAME opens a file of the run.</param>
/// <param name="ExpiresAt">UTC.</param>
public sealed record Share(string Url, DateTimeOffset ExpiresAt);
