namespace Granary.Engine.Trading;

/// <summary>An <see cref="IRunObserver"/> that is also notified of the levels that protect open trades.</summary>
public interface IProtectionObserver
{
    /// <summary>The levels of an open trade were set or changed.</summary>
    /// <param name="trade">The number of its signal.</param>
    /// <param name="time">
    /// Open time of the bar, UTC ticks. Levels of an entry and of a split work in that bar; a stop that is moved or trails is moved at the
    /// bar's close and works from the next bar on.
    /// </param>
    /// <param name="stop">The stop or trailing stop that the market reaches first, quote currency; 0 = none.</param>
    /// <param name="target">Quote currency; 0 = none.</param>
    void OnProtection(int trade, long time, double stop, double target);
}
