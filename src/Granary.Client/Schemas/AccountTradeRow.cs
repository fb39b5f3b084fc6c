// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>An open trade of a live account.</summary>
public sealed record AccountTradeRow
{
    /// <summary>Client id of its entry: what names it in the command `close`.</summary>
    public required string Entry { get; init; }

    public required string Strategy { get; init; }

    public required int Number { get; init; }

    public required string Symbol { get; init; }

    public required Side Side { get; init; }

    /// <summary>Still open, base units, positive.</summary>
    public required double Quantity { get; init; }

    /// <summary>Volume-weighted.</summary>
    public required double EntryPrice { get; init; }

    /// <summary>Venue time of the first fill, UTC.</summary>
    public required DateTimeOffset EnteredAt { get; init; }

    /// <summary>The symbol's last close; null before its first bar.</summary>
    public double? Last { get; init; }

    /// <summary>Of what is open at the last close, before fees; null before the symbol's first bar.</summary>
    public double? Profit { get; init; }
}
