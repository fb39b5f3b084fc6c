namespace Granary.Engine.Portfolio;

/// <summary>What the portfolio does with an entry that its free cash does not pay for in full.</summary>
public enum InsufficientCash : byte
{
    /// <summary>Buys what can be paid, in whole lots; refuses less than one hundredth of what was asked.</summary>
    Resize,
    Reject,
}
