namespace Granary.Client;

/// <summary>Some rows of a table of a run, and their order.</summary>
/// <param name="Strategy">The strategy whose rows are listed; null for all.</param>
/// <param name="Sort">A key of the rows; for example, -pnlNet sorts the largest first. Null for the run's order.</param>
/// <param name="From">The first time at which trades were closed, such as 2024-01-31; only of tables of trades.</param>
/// <param name="To">The exclusive end; only of tables of trades.</param>
/// <param name="Filter">Conditions with commas between, such as symbol=BTCUSDT,pnlNet&gt;0; null for all rows.</param>
public sealed record RowPart(string? Strategy = null, string? Sort = null, string? From = null, string? To = null, string? Filter = null);
