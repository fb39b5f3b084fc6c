using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>The severity of a finding.</summary>
internal enum Severity
{
    /// <summary>For information only.</summary>
    Info,

    /// <summary>May distort results.</summary>
    Warning,

    /// <summary>The bars cannot be used without a repair.</summary>
    Error,
}

/// <summary>Kind of a quality check.</summary>
internal enum QualityCheck
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

    /// <summary>The fraction of a day's bars that exist.</summary>
    Completeness,

    /// <summary>Bars that have not closed, or lie in the future.</summary>
    Unclosed,

    /// <summary>Times shifted by an hour at changes of daylight saving.</summary>
    DaylightSaving,

    /// <summary>The contracts of a chain: their order, overlaps, holes and volume.</summary>
    Chain,

    /// <summary>A check for which there are too few bars.</summary>
    Unjudged,
}

/// <summary>One observation about bars that their user should know.</summary>
/// <param name="Place">A line of a file ("line 12, high") or a time of a bar ("2020-01-02 09:30").</param>
/// <param name="Sentence">Sentence that describes the finding.</param>
/// <param name="Remedy">Advice to the user.</param>
internal sealed record Finding(Severity Severity, QualityCheck Check, string Place, string Sentence, string Remedy);

/// <summary>Result of the quality checks of one market's bars.</summary>
/// <param name="First">The first bar's open, UTC ticks.</param>
/// <param name="Last">The last bar's open, UTC ticks.</param>
/// <param name="Missing">The number of missing bars, according to the calendar or, without one, the market's typical days.</param>
/// <param name="Findings">The findings, most severe first.</param>
internal sealed record QualityReport(string Symbol, Timeframe Timeframe, long Bars, long First, long Last, long Missing,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>Days without bars, between the first bar and the last, on which the market usually trades.</summary>
    public IReadOnlyList<DateOnly> MissingDays { get; init; } = [];

    /// <summary>
    /// Days with fewer bars than the session of the market's calendar has or, without one, than the market's days of that weekday.
    /// </summary>
    public IReadOnlyList<DateOnly> ShortDays { get; init; } = [];

    /// <summary>Returns the report with a warning of bars that end after now, if there are any.</summary>
    internal QualityReport With(UnclosedBars unclosed) => unclosed.Sentence is not { } sentence ? this : this with
    {
        Findings = [.. Findings.Append(new Finding(Severity.Warning, QualityCheck.Unclosed, Symbol, sentence,
            "leave these bars out until they have closed, or correct their dates")).OrderByDescending(f => f.Severity)],
    };

    /// <summary>Whether the bars can be used without a repair.</summary>
    public bool IsUsable => Findings.All(f => f.Severity != Severity.Error);
}
