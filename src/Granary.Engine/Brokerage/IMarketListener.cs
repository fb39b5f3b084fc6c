using Granary.Engine.Market;

namespace Granary.Engine.Brokerage;

/// <summary>A broker that trades on the session's own bars, as a simulated venue does. A real venue has its own market and does not
/// implement this.</summary>
public interface IMarketListener
{
    /// <summary>Receives the bars that close at one time, before the strategies see them. Without bars it is the time from which a
    /// restarted session continues: later bars that the broker has seen come again, and it forgets their effects.</summary>
    /// <param name="closeTime">UTC ticks; rises. A repeated time changes nothing.</param>
    /// <param name="bars">At most one of each symbol.</param>
    /// <param name="cancellationToken">Ends the session.</param>
    ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default);
}
