namespace Granary.Contracts.Runs;

/// <summary>
/// Figures of a part of a run, by the keys of results.json and by its definitions. The first return is taken on the equity before the span,
/// and a trade counts in the span in which it was closed. Ratios are annualised with the periods per year of the whole run.
/// </summary>
/// <param name="Strategy">The strategy that the figures are of, in its own account; null = the portfolio.</param>
/// <param name="First">The first row in the span, UTC; null without one.</param>
/// <param name="Last">The last row in the span, UTC; null without one.</param>
/// <param name="Rows">How many rows of equity the span has.</param>
/// <param name="Stats">null for a figure that is undefined. Figures that cannot be computed for a span are left out.</param>
/// <param name="Missing">Why figures of the equity are left out; null if they are not.</param>
public sealed record SpanFigures(string? Strategy, DateTime? First, DateTime? Last, int Rows, IReadOnlyDictionary<string, double?> Stats,
    string? Missing);
