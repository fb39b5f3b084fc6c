namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>Settings of a factor study.</summary>
/// <param name="horizons">Bars over which returns are taken, ascending.</param>
/// <param name="quantiles">The number of groups of about equal size by the factor's value, from 2.</param>
/// <param name="isGroupNeutral">Whether returns are taken less the mean of the symbol's group instead of the mean of all.</param>
internal sealed class FactorStudySettings(IReadOnlyList<int> horizons, int quantiles, bool isGroupNeutral)
{
    // More points of the decay than a chart shows.
    private const int MostSteps = 40;

    /// <summary>Bars over which returns are taken, ascending.</summary>
    public IReadOnlyList<int> Horizons { get; } = horizons;

    /// <summary>The number of quantiles.</summary>
    public int Quantiles { get; } = quantiles;

    /// <summary>Whether returns are taken less the mean of the symbol's group.</summary>
    public bool IsGroupNeutral { get; } = isGroupNeutral;

    /// <summary>A date with fewer symbols is left out: two for each quantile.</summary>
    public int FewestSymbols => 2 * Quantiles;

    /// <summary>Horizons of the decay: 1 to the longest in equal steps, and all of <see cref="Horizons"/>.</summary>
    public IReadOnlyList<int> Decay { get; } = DecayOf(horizons);

    private static List<int> DecayOf(IReadOnlyList<int> horizons)
    {
        var step = (horizons[^1] + MostSteps - 1) / MostSteps;
        var all = new SortedSet<int>(horizons) { 1 };
        for (var h = step; h <= horizons[^1]; h += step) all.Add(h);
        return [.. all];
    }
}
