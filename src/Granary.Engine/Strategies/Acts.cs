namespace Granary.Engine.Strategies;

/// <summary>Actions that a strategy may take at an <see cref="Occasion"/>.</summary>
[Flags]
public enum Acts : byte
{
    None = 0,
    /// <summary><c>Go(Side.Buy)</c>, <c>Enter(Side.Buy)</c> or <c>Exit(Side.Sell)</c>, and nothing else.</summary>
    Buy = 1,
    /// <summary><c>Go(Side.Sell)</c>, <c>Enter(Side.Sell)</c> or <c>Exit(Side.Buy)</c>, and nothing else.</summary>
    Sell = 2,
    /// <summary><c>Exit(Side.Buy)</c>, and nothing else.</summary>
    ExitLong = 4,
    /// <summary><c>Exit(Side.Sell)</c>, and nothing else.</summary>
    ExitShort = 8,
    /// <summary>Any action, such as moving a stop.</summary>
    Any = 16,
}
