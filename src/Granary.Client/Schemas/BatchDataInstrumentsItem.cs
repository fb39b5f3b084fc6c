// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

public sealed record BatchDataInstrumentsItem
{
    /// <summary>stock: quantities are whole shares unless lot says otherwise. One of stock.</summary>
    public string? Kind { get; init; }

    public double? Tick { get; init; }

    public double? Lot { get; init; }

    public double? Multiplier { get; init; }

    public double? Margin { get; init; }

    public string? Currency { get; init; }

    public string? Venue { get; init; }

    public JsonElement? Session { get; init; }
}
