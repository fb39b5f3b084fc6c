using Granary.Contracts.MarketData;
using Granary.Data.Comparison;
using Granary.Data.Quality;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Simulation.MarketData;

/// <summary>Converts results of checks and comparisons of stores to the answers of the API and the command line.</summary>
internal static class MarketAnswers
{
    /// <summary>Converts the differences between two sources of a market.</summary>
    public static ComparisonAnswer ComparisonOf(SourceComparison found) => new(found.BarsOfA, found.BarsOfB, found.Common, found.Equal,
        found.OnlyInA, found.OnlyInB, found.Shift?.TotalHours,
        [.. found.Ratios.Select(r => new RatioRow(RunText.Time(r.From), RunText.Time(r.To), r.Ratio, r.Bars))],
        new SuspectCounts(found.SuspectsOf(Suspect.A), found.SuspectsOf(Suspect.B)),
        [.. found.Disagreements.Select(d => new DisagreementRow(RunText.Time(d.Time), d.Field, JsonNumber.Finite(d.A),
            JsonNumber.Finite(d.B), JsonNumber.Finite(d.Percent), d.Likelier == Suspect.Neither ? null : d.Likelier.ToString(),
                d.Why.Length > 0 ? d.Why : null))]);

    /// <summary>Converts the findings of markets that were checked together, including findings about all of them.</summary>
    public static IReadOnlyList<FindingRow> FindingsOf(IReadOnlyList<QualityReport> reports)
    {
        var rows = reports.SelectMany(r => r.Findings.Select(f => Row(r.Symbol, f)));
        return SharedMissingDays.Finding(reports) is { } shared ? [.. rows, Row("all", shared)] : [.. rows];
    }

    private static FindingRow Row(string symbol, Finding f) =>
        new(symbol, f.Severity.ToString(), f.Check.ToString(), f.Place, f.Sentence, f.Remedy);
}
