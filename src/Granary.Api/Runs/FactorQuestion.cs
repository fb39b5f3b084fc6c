using Granary.Backtesting.Charts;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Api.Runs;

/// <summary>The bars and factors of a chart in the query of a request.</summary>
internal sealed record FactorQuestion
{
    [FromQuery(Name = "symbol")]
    public required string Symbol { get; init; }

    [FromQuery(Name = "timeframe")]
    public string? Timeframe { get; init; }

    [FromQuery(Name = "factors")]
    public string? Factors { get; init; }

    /// <param name="strategy">The id of the strategy with the stops and targets; null = none.</param>
    /// <exception cref="Engine.InputException">The timeframe is unknown.</exception>
    public ChartQuery Query(string? strategy = null) => ChartQuery.Read(Symbol, Timeframe, Factors, strategy);
}
