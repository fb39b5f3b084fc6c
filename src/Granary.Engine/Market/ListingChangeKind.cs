namespace Granary.Engine.Market;

/// <summary>The effect of a <see cref="ListingChange"/> on positions, orders and factors.</summary>
public enum ListingChangeKind : byte
{
    /// <summary>Positions and waiting orders move to the next contract, and factors continue.</summary>
    Roll,
    /// <summary>Positions are settled in cash and orders are cancelled. A later listing shares only the name.</summary>
    End,
}
