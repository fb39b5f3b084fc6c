using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>An order or change that an operator made by hand, as the journal stores it: sized, and with prices on the tick.</summary>
internal sealed record HandOrder
{
    /// <summary>The client id of an entry; empty for a part to close, and for a stop and target.</summary>
    public string Id { get; init; } = "";

    public Side Side { get; init; } = Side.Buy;

    public OrderType Type { get; init; }

    /// <summary>Base units of an entry, or of the part of a trade to close.</summary>
    public double Quantity { get; init; }

    /// <summary>The part of the open trade that is closed, 0 to 1; of what was open when the command was given.</summary>
    public double Share { get; init; }

    /// <summary>The limit price of an entry; 0 = none.</summary>
    public double LimitPrice { get; init; }

    /// <summary>The stop; 0 = none.</summary>
    public double Stop { get; init; }

    /// <summary>The target; 0 = none.</summary>
    public double Target { get; init; }
}
