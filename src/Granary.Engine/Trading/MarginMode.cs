namespace Granary.Engine.Trading;

/// <summary>The margin that backs a leveraged position, which decides when an exchange liquidates it.</summary>
public enum MarginMode : byte
{
    /// <summary>Nothing is liquidated by its margin; an account is closed when its equity reaches zero.</summary>
    None,
    /// <summary>The whole equity of the account backs all positions.</summary>
    Cross,
    /// <summary>Each trade has a margin of its own, its notional at the entry divided by the leverage, and loses at most that.</summary>
    Isolated,
}
