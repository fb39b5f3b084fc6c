namespace Granary;

/// <summary>The keys of a batch's <c>regimes.rules</c>.</summary>
public sealed record BatchRegimeRule
{
    /// <summary>States by machine, which all must hold.</summary>
    public required Dictionary<string, string> When { get; init; }

    /// <summary>The combined state.</summary>
    public required string State { get; init; }
}
