using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>A websocket report. Every part may be missing.</summary>
internal sealed record VenueNews
{
    /// <summary>The connection was opened; earlier events must be requested.</summary>
    public bool Connected { get; init; }

    /// <summary>The connection is lost.</summary>
    public bool Lost { get; init; }

    public VenueOrderState? Order { get; init; }

    public VenueFill? Fill { get; init; }

    /// <summary>The exchange's symbol of a price.</summary>
    public string? Listed { get; init; }

    public decimal Price { get; init; }
}
