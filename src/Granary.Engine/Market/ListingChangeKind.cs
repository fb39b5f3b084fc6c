namespace Granary.Engine.Market;

/// <summary>What a <see cref="ListingChange"/> does to positions, orders and factors.</summary>
public enum ListingChangeKind : byte
{
    /// <summary>Positions and waiting orders move to the next contract, and factors continue.</summary>
    Roll,
    /// <summary>Positions are settled in cash and orders are cancelled. What comes next, if anything, shares only the name.</summary>
    End,
}
