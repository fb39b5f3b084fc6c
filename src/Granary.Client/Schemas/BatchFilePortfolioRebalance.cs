// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

public sealed record BatchFilePortfolioRebalance
{
    public string? Every { get; init; }

    public JsonElement? Window { get; init; }

    public long? MaxStrategies { get; init; }

    public double? MaxCorrelation { get; init; }

    public double? MaxWeight { get; init; }

    public long? MinTrades { get; init; }
}
