namespace Granary.Engine.Trading.Execution;

/// <summary>Levels of a <see cref="TradeProtection"/> that a bar reaches.</summary>
/// <param name="Stopped">The bar reaches the stop.</param>
/// <param name="Reached">The bar reaches the target.</param>
/// <param name="Stop">The stop that applies: the fixed one or the trailing one, whichever is nearer to the market.</param>
/// <param name="Reason"><see cref="ExitReason.Stop"/> or <see cref="ExitReason.TrailingStop"/>.</param>
internal readonly record struct ProtectionTouch(bool Stopped, bool Reached, double Stop, ExitReason Reason)
{
    /// <summary>Whether the bar reaches neither level.</summary>
    public bool IsNone => !Stopped && !Reached;

    /// <summary>Whether the bar reaches both levels, so a rule must decide which came first.</summary>
    public bool IsBoth => Stopped && Reached;
}
