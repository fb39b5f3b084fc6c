namespace Granary;

/// <summary>The keys of a batch's <c>regimes.machines.hiddenMarkov</c>.</summary>
public sealed record BatchHiddenMarkov
{
    /// <summary>Lowest mean return first.</summary>
    public IReadOnlyList<string>? States { get; init; }

    /// <summary>Bars on which it is fitted; default <c>500</c>.</summary>
    public int? Window { get; init; }

    /// <summary>Bars between two fits; default <c>50</c>.</summary>
    public int? Refit { get; init; }
}
