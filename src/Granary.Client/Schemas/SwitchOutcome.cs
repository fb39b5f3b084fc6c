// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What a switch of an account did, or would do.</summary>
public sealed record SwitchOutcome
{
    public required string Account { get; init; }

    /// <summary>The deployment that the account traded.</summary>
    public required int From { get; init; }

    public required int To { get; init; }

    /// <summary>keep, wind-down or close.</summary>
    public required string Policy { get; init; }

    /// <summary>Whether nothing was changed.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Whether the account trades the deployment already.</summary>
    public required bool AlreadyDone { get; init; }

    /// <summary>Symbols whose factors begin without a past.</summary>
    public required IReadOnlyList<string> NewSymbols { get; init; }

    public required IReadOnlyList<SwitchedTrade> Trades { get; init; }
}
