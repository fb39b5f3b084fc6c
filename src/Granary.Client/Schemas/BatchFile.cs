// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

public sealed record BatchFile
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public string? Name { get; init; }

    public required BatchData Data { get; init; }

    public BatchFileAccount? Account { get; init; }

    public BatchFileExecution? Execution { get; init; }

    public required IReadOnlyList<BatchFileStrategiesItem> Strategies { get; init; }

    public BatchFilePortfolio? Portfolio { get; init; }

    public JsonElement? Learning { get; init; }

    public BatchFileWalkForward? WalkForward { get; init; }

    public BatchFileRegimes? Regimes { get; init; }

    public JsonElement? Outputs { get; init; }

    public long? Seed { get; init; }

    public string? Benchmark { get; init; }
}
