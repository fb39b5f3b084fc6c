using Granary.Data.Quality;

namespace Granary.Application.MarketData;

/// <summary>A finding of <c>data check</c> with the market that it is about.</summary>
/// <param name="Symbol"><c>all</c> for what all markets share.</param>
/// <param name="Severity">Info, Warning or Error.</param>
/// <param name="Check">A name of <see cref="QualityCheck"/>.</param>
public sealed record FindingRow(string Symbol, string Severity, string Check, string Place, string Sentence, string Remedy)
{
    /// <summary>The findings of markets that were checked together, and the one that is about all of them.</summary>
    public static IReadOnlyList<FindingRow> Of(IReadOnlyList<QualityReport> reports)
    {
        var rows = reports.SelectMany(r => r.Findings.Select(f => Row(r.Symbol, f)));
        return SharedGaps.Finding(reports) is { } shared ? [.. rows, Row("all", shared)] : [.. rows];
    }

    private static FindingRow Row(string symbol, Finding f) =>
        new(symbol, f.Severity.ToString(), f.Check.ToString(), f.Place, f.Sentence, f.Remedy);
}
