// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A test window that two versions of a model have in common.</summary>
public sealed record ChallengeWindow
{
    /// <summary>UTC.</summary>
    public required DateTimeOffset TestFrom { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset TestTo { get; init; }

    /// <summary>The figure of the current version out of sample.</summary>
    public required double Current { get; init; }

    /// <summary>That of the challenger.</summary>
    public required double Challenger { get; init; }
}
