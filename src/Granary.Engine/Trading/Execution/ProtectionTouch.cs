namespace Granary.Engine.Trading.Execution;

/// <summary>Which levels of a <see cref="TradeProtection"/> a bar reaches.</summary>
/// <param name="Stopped">The bar reaches the stop.</param>
/// <param name="Reached">The bar reaches the target.</param>
/// <param name="Stop">The stop that applies: the fixed one or the trailing one, whichever is nearer to the market.</param>
/// <param name="Reason"><see cref="ExitReason.Stop"/> or <see cref="ExitReason.TrailingStop"/>.</param>
public readonly record struct ProtectionTouch(bool Stopped, bool Reached, double Stop, ExitReason Reason)
{
    /// <summary>The bar reaches neither level.</summary>
    public bool IsNone => !Stopped && !Reached;

    /// <summary>The bar reaches both levels, so a rule has to say which came first.</summary>
    public bool IsBoth => Stopped && Reached;
}
