namespace Granary.Data.Comparison;

/// <summary>Which of two sources is likelier wrong.</summary>
public enum Suspect
{
    /// <summary>The bars do not tell.</summary>
    Neither,
    A,
    B,
}

/// <summary>A bar on which two sources disagree.</summary>
/// <param name="Time">Open time, UTC ticks.</param>
/// <param name="Field">open, high, low, close or volume, whichever differs most; bar where one source does not have it.</param>
/// <param name="A">The value of the first source; NaN where it has no such bar.</param>
/// <param name="B">The value of the second source, without the adjustment of a <see cref="PriceRatio"/>; NaN where it has no such
/// bar.</param>
/// <param name="Percent">The difference in percent of the smaller value; NaN where a bar is missing.</param>
/// <param name="Why">Why one of them is likelier wrong; empty where the bars do not tell.</param>
public sealed record BarDisagreement(long Time, string Field, double A, double B, double Percent, Suspect Likelier, string Why);

/// <summary>A stretch over which the closes of one source are a constant multiple of the other's: an adjustment of one of them.</summary>
/// <param name="From">Open time of its first common bar, UTC ticks.</param>
/// <param name="To">Open time of its last common bar, UTC ticks.</param>
/// <param name="Ratio">Close of the first source over close of the second.</param>
public sealed record PriceRatio(long From, long To, double Ratio, long Bars);

/// <summary>Where two sources of the same market agree and where not.</summary>
public sealed record SourceComparison
{
    public required long BarsOfA { get; init; }

    public required long BarsOfB { get; init; }

    /// <summary>Bars that both have, at the same time.</summary>
    public required long Common { get; init; }

    /// <summary>Of the common bars: those whose fields are equal within the tolerance, adjustments taken out.</summary>
    public required long Equal { get; init; }

    /// <summary>Bars of the first source within the span of the second that this does not have.</summary>
    public required long OnlyInA { get; init; }

    /// <summary>Bars of the second source within the span of the first that this does not have.</summary>
    public required long OnlyInB { get; init; }

    /// <summary>The stretches whose prices differ by a constant ratio, in order of time; it is taken out before bars are
    /// compared.</summary>
    public required IReadOnlyList<PriceRatio> Ratios { get; init; }

    /// <summary>How much later the times of the second source are, where moved back they fit the first; null where they fit as they
    /// are.</summary>
    public TimeSpan? Shift { get; init; }

    /// <summary>In order of time.</summary>
    public required IReadOnlyList<BarDisagreement> Disagreements { get; init; }

    /// <summary>Whether all bars within the common span are the same.</summary>
    public bool IsSame => Disagreements.Count == 0 && Ratios.Count == 0;

    /// <summary>Disagreements in which this source is likelier wrong.</summary>
    public int SuspectsOf(Suspect source) => Disagreements.Count(d => d.Likelier == source);
}
