namespace Granary.Client;

/// <summary>The part of a run or of a session that a chart shows.</summary>
/// <param name="Symbol">A symbol of the run or the session.</param>
/// <param name="Timeframe">A multiple of its timeframe; null for its own.</param>
/// <param name="Factors">Factors with semicolons between, such as sma(10);rsi(14); null for none.</param>
/// <param name="Strategy">The strategy whose stops and targets are shown; null for none.</param>
/// <param name="From">The first time, such as 2024-01-31; null for the start.</param>
/// <param name="To">The exclusive end; null for the run's end.</param>
/// <param name="Points">The maximum number of points; null for the server's default.</param>
public sealed record ChartPart(string Symbol, string? Timeframe = null, string? Factors = null, string? Strategy = null,
    string? From = null, string? To = null, int? Points = null);
