// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A bar, or a field of one, on which two sources disagree.</summary>
public sealed record DisagreementRow
{
    /// <summary>Open, UTC.</summary>
    public required string Time { get; init; }

    public required string Field { get; init; }

    /// <summary>Null where A has no such bar.</summary>
    public double? A { get; init; }

    public double? B { get; init; }

    public double? Percent { get; init; }

    /// <summary>A or B; null where the bars do not show it.</summary>
    public string? LikelierWrong { get; init; }

    public string? Why { get; init; }
}
