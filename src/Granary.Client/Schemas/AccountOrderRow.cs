// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>An order of a live account that waits at the venue, or whose standing is not known.</summary>
public sealed record AccountOrderRow
{
    public required string ClientId { get; init; }

    public required string Strategy { get; init; }

    public required string Symbol { get; init; }

    public required Side Side { get; init; }

    public required OrderType Type { get; init; }

    public required double Quantity { get; init; }

    public required double Filled { get; init; }

    /// <summary>Of a limit or a stop; null for the other types.</summary>
    public double? Price { get; init; }

    /// <summary>As the venue last said; `unknown` where it has not answered.</summary>
    public required string State { get; init; }

    /// <summary>Market time, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
