namespace Granary.Contracts.Deployments;

/// <summary>The comparison of one trading day of a live account with a backtest of the final bars.</summary>
/// <param name="Deployment">The deployment that the account trades; null if its configuration is none.</param>
/// <param name="Total">
/// What the account gained on the day less what the backtest gained, in the currency of the account; the sum of the causes.
/// </param>
/// <param name="Causes">The amounts of the day by cause.</param>
/// <param name="Outside">Which of <c>total</c> and <c>unexplained</c> have left their band; empty if none has.</param>
public sealed record ParityRecord(string Account, DateOnly Day, int? Deployment, double Total, IReadOnlyDictionary<string, double> Causes,
    IReadOnlyList<string> Outside)
{
    /// <summary>The part of the total for which no fact gives a reason.</summary>
    public double Unexplained { get; init; }

    /// <summary>Equity of the account at the end of the day, with open trades at the last closes of its own bars.</summary>
    public double AccountEquity { get; init; }

    /// <summary>Equity of the backtest of the final bars at the end of the day.</summary>
    public double BacktestEquity { get; init; }

    /// <summary>The amounts from the start of the account to the end of the day, by cause.</summary>
    public IReadOnlyDictionary<string, double> SinceStart { get; init; } = new Dictionary<string, double>();

    /// <summary>The source of the final bars.</summary>
    public string Bars { get; init; } = "";

    /// <summary>Close of the last bar of the day, UTC.</summary>
    public DateTime End { get; init; }

    /// <summary>How many bars the session took, from its start to the end of the day.</summary>
    public long Taken { get; init; }

    /// <summary>How many of them have other values in the final bars, or are gone.</summary>
    public long Revised { get; init; }

    /// <summary>How many final bars the session did not take.</summary>
    public long Missing { get; init; }

    /// <summary>SHA-256 of the configuration.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>Version of the program that traded last; empty if the journal does not have it.</summary>
    public string Program { get; init; } = "";

    /// <summary>Version of the program that compared.</summary>
    public string ComparedBy { get; init; } = "";

    /// <summary>Digest of the backtest of the final bars.</summary>
    public string Digest { get; init; } = "";

    /// <summary>The limit of the total, as a percentage of the account's equity.</summary>
    public double TotalBand { get; init; }

    /// <summary>The limit of the unexplained part, as a percentage of the account's equity.</summary>
    public double UnexplainedBand { get; init; }

    /// <summary>Trades with the largest differences at the end of the day, from the start of the account.</summary>
    public IReadOnlyList<ParityTrade> Trades { get; init; } = [];

    /// <summary>Notes for the reader, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the day has not ended. Such a comparison is not kept.</summary>
    public bool IsRunning { get; init; }
}

/// <summary>A trade that differs between an account and its backtest.</summary>
/// <param name="Entry">Entry time, UTC.</param>
/// <param name="Total">The account's net profit less the backtest's.</param>
/// <param name="Cause">The cause with the largest part.</param>
/// <param name="Why">The known reason; empty if there is none.</param>
public sealed record ParityTrade(string Strategy, string Symbol, string Entry, double Total, string Cause, string Why);
