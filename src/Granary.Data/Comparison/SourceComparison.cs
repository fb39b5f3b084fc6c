namespace Granary.Data.Comparison;

/// <summary>The source that is more likely wrong.</summary>
internal enum Suspect
{
    /// <summary>The bars do not show which source is wrong.</summary>
    Neither,
    A,
    B,
}

/// <summary>A bar on which two sources disagree.</summary>
/// <param name="Time">Open time, UTC ticks.</param>
/// <param name="Field">open, high, low, close or volume: the field that differs most; bar if one source does not have the bar.</param>
/// <param name="A">The value of the first source; NaN if it has no such bar.</param>
/// <param name="B">The value of the second source, without the adjustment of a <see cref="PriceRatio"/>; NaN if it has no such bar.</param>
/// <param name="Percent">The difference in percent of the smaller value; NaN if a bar is missing.</param>
/// <param name="Why">Why one of them is more likely wrong; empty if the bars do not show it.</param>
internal sealed record BarDisagreement(long Time, string Field, double A, double B, double Percent, Suspect Likelier, string Why);

/// <summary>A range in which the closes of one source are a constant multiple of the other's, because one of them is adjusted.</summary>
/// <param name="From">Open time of its first common bar, UTC ticks.</param>
/// <param name="To">Open time of its last common bar, UTC ticks.</param>
/// <param name="Ratio">Close of the first source over close of the second.</param>
internal sealed record PriceRatio(long From, long To, double Ratio, long Bars);

/// <summary>Agreement and disagreements of two sources of the same market.</summary>
internal sealed record SourceComparison
{
    public required long BarsOfA { get; init; }

    public required long BarsOfB { get; init; }

    /// <summary>The number of bars that both sources have at the same time.</summary>
    public required long Common { get; init; }

    /// <summary>The number of common bars whose fields are equal within the tolerance, after adjustments are removed.</summary>
    public required long Equal { get; init; }

    /// <summary>The number of bars of the first source, within the span of the second, that the second does not have.</summary>
    public required long OnlyInA { get; init; }

    /// <summary>The number of bars of the second source, within the span of the first, that the first does not have.</summary>
    public required long OnlyInB { get; init; }

    /// <summary>The ranges whose prices differ by a constant ratio, ordered by time. The ratio is removed before bars are
    /// compared.</summary>
    public required IReadOnlyList<PriceRatio> Ratios { get; init; }

    /// <summary>The delay of the second source's times if, moved back by it, they match the first; null if they match as they
    /// are.</summary>
    public TimeSpan? Shift { get; init; }

    /// <summary>In order of time.</summary>
    public required IReadOnlyList<BarDisagreement> Disagreements { get; init; }

    /// <summary>Whether all bars within the common span are the same.</summary>
    public bool IsSame => Disagreements.Count == 0 && Ratios.Count == 0;

    /// <summary>The number of disagreements in which this source is more likely wrong.</summary>
    public int SuspectsOf(Suspect source) => Disagreements.Count(d => d.Likelier == source);
}
