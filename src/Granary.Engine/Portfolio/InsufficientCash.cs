namespace Granary.Engine.Portfolio;

/// <summary>Treatment of an entry that costs more than the portfolio's free cash.</summary>
public enum InsufficientCash : byte
{
    /// <summary>Reduces the entry to whole lots that the cash pays for; refuses it below one hundredth of the requested quantity.</summary>
    Resize,
    Reject,
}
