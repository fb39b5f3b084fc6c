using System.Text;

namespace Granary.Trading.Deployments;

/// <summary>Equity at the end of a day.</summary>
/// <param name="Day">UTC.</param>
public sealed record DayEquity(DateOnly Day, double Equity);

/// <summary>The backtest that a configuration came from, and its statistics.</summary>
/// <param name="Run">Folder of the run when the deployment was added.</param>
/// <param name="Digest">Of the run; prod.json has the same.</param>
/// <param name="Statistics">Of the portfolio, by the names of results.json.</param>
/// <param name="Days">Equity of the portfolio by day.</param>
public sealed record Justification(string Run, string Digest, IReadOnlyDictionary<string, double> Statistics,
    IReadOnlyList<DayEquity> Days);

/// <summary>A numbered version of a production configuration; never changed once it is added.</summary>
public sealed record Deployment
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>The configuration's name.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the configuration.</summary>
    public required string Hash { get; init; }

    /// <summary>prod.json, to the byte.</summary>
    public required string Configuration { get; init; }

    /// <summary>What relative paths in it are relative to.</summary>
    public required string Folder { get; init; }

    public required DateTimeOffset AddedAt { get; init; }

    public required string Who { get; init; }

    public required string Why { get; init; }

    /// <summary>Why its validation checks do not suffice; empty where they do.</summary>
    public IReadOnlyList<string> FailedChecks { get; init; } = [];

    public required Justification Backtest { get; init; }

    /// <summary>The bytes of prod.json.</summary>
    public byte[] Text() => Encoding.UTF8.GetBytes(Configuration);
}
