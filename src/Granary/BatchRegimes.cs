namespace Granary;

/// <summary>The keys of a batch's <c>regimes</c>.</summary>
public sealed record BatchRegimes
{
    /// <summary>State machines, each with states of its own.</summary>
    public required IReadOnlyList<BatchMachine> Machines { get; init; }

    /// <summary>Rules that combine their states; the first that matches counts.</summary>
    public IReadOnlyList<BatchRegimeRule>? Rules { get; init; }

    /// <summary>The combined state if no rule matches; default <c>neutral</c>.</summary>
    public string? Otherwise { get; init; }
}
