// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A strategy of a live account.</summary>
public sealed record AccountStrategy
{
    public required string Account { get; init; }

    public required string Id { get; init; }

    /// <summary>Whether it may enter.</summary>
    public required bool Enabled { get; init; }

    /// <summary>null where no weights name it.</summary>
    public double? Weight { get; init; }

    /// <summary>How many entry signals it gave.</summary>
    public required int Signals { get; init; }

    /// <summary>How many trades it entered.</summary>
    public required int Trades { get; init; }

    public required int OpenTrades { get; init; }

    /// <summary>What enabled or disabled it last; null where nothing did.</summary>
    public StrategyChange? Change { get; init; }
}
