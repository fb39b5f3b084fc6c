using System.Text;

namespace Granary.Trading.Deployments;

/// <summary>Equity at the end of a day.</summary>
/// <param name="Day">UTC.</param>
internal sealed record DayEquity(DateOnly Day, double Equity);

/// <summary>The backtest that a configuration came from, and its statistics.</summary>
/// <param name="Run">The run's folder at the time when the deployment was added.</param>
/// <param name="Digest">Digest of the run, which prod.json also contains.</param>
/// <param name="Statistics">Statistics of the portfolio, by the names of results.json.</param>
/// <param name="Days">Equity of the portfolio by day.</param>
internal sealed record Justification(string Run, string Digest, IReadOnlyDictionary<string, double> Statistics,
    IReadOnlyList<DayEquity> Days);

/// <summary>A numbered version of a production configuration; immutable.</summary>
internal sealed record Deployment
{
    /// <summary>The version number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The configuration's name.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the configuration.</summary>
    public required string Hash { get; init; }

    /// <summary>The exact content of prod.json.</summary>
    public required string Configuration { get; init; }

    /// <summary>The base folder of relative paths in the configuration.</summary>
    public required string Folder { get; init; }

    public required DateTimeOffset AddedAt { get; init; }

    public required string Who { get; init; }

    public required string Why { get; init; }

    /// <summary>Why its validation checks are insufficient; empty if they are sufficient.</summary>
    public IReadOnlyList<string> FailedChecks { get; init; } = [];

    public required Justification Backtest { get; init; }

    /// <summary>Returns the bytes of prod.json.</summary>
    public byte[] Text() => Encoding.UTF8.GetBytes(Configuration);
}
