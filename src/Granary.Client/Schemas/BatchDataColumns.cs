// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

public sealed record BatchDataColumns
{
    public required JsonElement Time { get; init; }

    public JsonElement? TimeOfDay { get; init; }

    public required JsonElement Open { get; init; }

    public required JsonElement High { get; init; }

    public required JsonElement Low { get; init; }

    public required JsonElement Close { get; init; }

    public JsonElement? AdjustedClose { get; init; }

    public JsonElement? Volume { get; init; }
}
