// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

public sealed record BatchFileStrategiesItem
{
    public required string Class { get; init; }

    public JsonElement? Params { get; init; }

    /// <summary>One of long, short, both.</summary>
    public string? Sides { get; init; }

    public BatchFileStrategiesItemSize? Size { get; init; }

    public double? StopLossPercent { get; init; }

    public double? TakeProfitPercent { get; init; }

    public double? TrailingStopPercent { get; init; }

    /// <summary>One of close, high.</summary>
    public string? TrailFrom { get; init; }

    public bool? ExitOnSignal { get; init; }

    public long? MaxBars { get; init; }

    public string? ExitAt { get; init; }

    public long? MaxOpenTrades { get; init; }

    /// <summary>One of 1m, 3m, 5m, 10m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 1w, 1mo.</summary>
    public string? EntryEvery { get; init; }

    public string? SignalValid { get; init; }

    public JsonElement? Symbols { get; init; }

    public JsonElement? Timeframe { get; init; }

    public string? Tag { get; init; }
}
