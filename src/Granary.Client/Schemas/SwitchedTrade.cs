// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>An open trade, or an entry that waits, and what becomes of it in a switch.</summary>
public sealed record SwitchedTrade
{
    public required string Strategy { get; init; }

    public required string Symbol { get; init; }

    /// <summary>long or short.</summary>
    public required string Side { get; init; }

    /// <summary>Open, base units; of a waiting entry what is ordered.</summary>
    public required double Quantity { get; init; }

    /// <summary>0 for an entry that waits.</summary>
    public required double EntryPrice { get; init; }

    /// <summary>Unrealised at the last close, before fees; null for an entry that waits and before the first close.</summary>
    public double? Profit { get; init; }

    /// <summary>kept, winds-down or closes.</summary>
    public required string Handling { get; init; }

    /// <summary>In words.</summary>
    public required string What { get; init; }
}
