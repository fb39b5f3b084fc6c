namespace Granary.Client;

/// <summary>The runs to list, and their order.</summary>
/// <param name="Kind">backtest, walk-forward, combined, live, reinforce or training; null for all.</param>
/// <param name="Market">A symbol that the runs have; null for all.</param>
/// <param name="Tradable">Whether all validation checks passed; null for all.</param>
/// <param name="Search">A part of the name, the batch, the id, the digest or a symbol; null for all.</param>
/// <param name="Sort">created, name, kind, markets, tradable, totalReturn, sharpe, maxDrawdown or seconds; null for created.</param>
/// <param name="Order">asc or desc; null = desc if the runs are sorted by created, and asc otherwise.</param>
public sealed record RunFilter(string? Kind = null, string? Market = null, bool? Tradable = null, string? Search = null,
    string? Sort = null, string? Order = null);
