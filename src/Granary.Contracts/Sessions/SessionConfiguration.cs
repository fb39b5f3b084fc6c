using Granary.Contracts.Accounts;

namespace Granary.Contracts.Sessions;

/// <summary>The configuration that a session trades, with the weights in force.</summary>
/// <param name="Hash">SHA-256 of the prod.json.</param>
/// <param name="Deployment">The deployment's number; null if the session was started without one.</param>
/// <param name="WeightsVersion">0 = the weights of the configuration.</param>
/// <param name="Strategies">In the order of the configuration.</param>
public sealed record SessionConfiguration(string Name, string Hash, int? Deployment, string Timeframe, IReadOnlyList<string> Symbols,
    long WeightsVersion, IReadOnlyList<SessionMember> Strategies);

/// <summary>A strategy of a session's configuration.</summary>
/// <param name="Weight">The weight in force; 0 = not traded.</param>
/// <param name="Enabled">Whether it may enter.</param>
/// <param name="Change">The last command that stopped or allowed its entries: when, who and why; null if there was none.</param>
public sealed record SessionMember(string Id, IReadOnlyList<string> Symbols, double Weight, bool Enabled, StrategyChange? Change)
{
    /// <summary>The timeframe of its bars.</summary>
    public required string Timeframe { get; init; }

    /// <summary>The factors that it reads, of several symbols those of the first one.</summary>
    public required IReadOnlyList<string> Factors { get; init; }
}
