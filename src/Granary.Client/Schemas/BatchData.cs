// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

public sealed record BatchData
{
    /// <summary>several sources, each with its own symbols; from, to and warmUp stand beside them</summary>
    public IReadOnlyList<BatchData>? Parts { get; init; }

    /// <summary>of a part: what its relative paths are relative to</summary>
    public string? Folder { get; init; }

    public string? Source { get; init; }

    public string? Format { get; init; }

    public JsonElement? Symbols { get; init; }

    /// <summary>One of 1m, 3m, 5m, 10m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 1w, 1mo.</summary>
    public string? Timeframe { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public bool? WarmUp { get; init; }

    public string? TimeZone { get; init; }

    public bool? Adjust { get; init; }

    public BatchDataColumns? Columns { get; init; }

    /// <summary>One of open, close.</summary>
    public string? Stamp { get; init; }

    public IReadOnlyDictionary<string, BatchDataInstrumentsItem>? Instruments { get; init; }
}
