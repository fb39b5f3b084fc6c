using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>May bend results.</summary>
    Warning,

    /// <summary>The bars cannot be used as they are.</summary>
    Error,
}

/// <summary>What was looked for.</summary>
public enum QualityCheck
{
    Row,
    Consistency,
    Duplicate,
    Order,
    Gap,
    Outlier,
    Frozen,
    Split,
    Granularity,
    Volume,

    /// <summary>How much of a day is there.</summary>
    Completeness,

    /// <summary>Times that slipped by an hour where the clocks were changed.</summary>
    DaylightSaving,
}

/// <summary>Something about bars that their user should know.</summary>
/// <param name="Place">A line of a file ("line 12, high") or a time of a bar ("2020-01-02 09:30").</param>
/// <param name="Sentence">What was found.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Finding(Severity Severity, QualityCheck Check, string Place, string Sentence, string Remedy);

/// <summary>What was found in one market's bars.</summary>
/// <param name="First">The first bar's open, UTC ticks.</param>
/// <param name="Last">The last bar's open, UTC ticks.</param>
/// <param name="Missing">Bars that the calendar, or the market's own habit, expected and that are not there.</param>
/// <param name="Findings">Worst first.</param>
public sealed record QualityReport(string Symbol, Timeframe Timeframe, long Bars, long First, long Last, long Missing,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>Days without bars, between the first bar and the last, on which the market usually trades.</summary>
    public IReadOnlyList<DateOnly> MissingDays { get; init; } = [];

    /// <summary>Whether the bars can be used.</summary>
    public bool IsUsable => Findings.All(f => f.Severity != Severity.Error);
}
