namespace Granary.Client;

/// <summary>Some rows of a list of a session, and their order.</summary>
/// <param name="Sort">A key of the rows; for example, -price sorts the highest first. Null for the list's order.</param>
/// <param name="Filter">Conditions with commas between, such as symbol=BTCUSDT,side=buy; null for all rows.</param>
/// <param name="At">The page begins at this time, such as 2024-01-31; null for the first row.</param>
public sealed record ListPart(string? Sort = null, string? Filter = null, string? At = null);
