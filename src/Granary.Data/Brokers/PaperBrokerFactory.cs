using Granary.Data.Replay;
using Granary.Engine.Brokerage;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Data.Brokers;

/// <summary>The paper venue: it fills orders on the session's own bars, by the rules of a backtest, and can be made slow and
/// unreliable.</summary>
/// <param name="seed">Of every random draw. What happens to an order depends on the seed and the order's id alone.</param>
/// <param name="latency">Mean market time between sending and working, as 250ms.</param>
/// <param name="reject">Share of the orders that the venue refuses.</param>
/// <param name="partial">Share of the orders that fill in parts, over consecutive bars.</param>
/// <param name="timeout">Share of the submissions without an answer; half of them have arrived.</param>
/// <param name="like">A broker, as kucoin, whose restrictions the paper venue has too; empty for none.</param>
[Broker("paper", "Fills orders on the session's own bars, by the rules of a backtest.")]
public sealed class PaperBrokerFactory(
    [Range(0, int.MaxValue)] int seed = 1, string latency = "0ms", [Range(0, 1)] double reject = 0, [Range(0, 1)] double partial = 0,
    [Range(0, 1)] double timeout = 0, string like = "") : IBrokerFactory
{
    private readonly PaperSettings _settings = new()
    {
        Seed = (ulong)seed,
        Latency = Duration(latency),
        RejectShare = reject,
        PartialShare = partial,
        TimeoutShare = timeout,
    };

    /// <summary>The broker whose restrictions it has; empty for none.</summary>
    public string Like => like;

    /// <inheritdoc/>
    public BrokerCapabilities Capabilities { get; init; } = BrokerCapabilities.Any;

    /// <summary>The same venue with the restrictions of another broker.</summary>
    public PaperBrokerFactory Restricted(BrokerCapabilities capabilities) =>
        new((int)_settings.Seed, latency, reject, partial, timeout, like) { Capabilities = capabilities };

    private PaperSettings Settings(double cash) => _settings with
    {
        Cash = cash,
        Short = Capabilities.Short,
        OrderTypes = Capabilities.OrderTypes,
    };

    /// <inheritdoc/>
    public async Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default) =>
        await PaperBroker.OpenAsync(Settings(environment.Cash), environment.Execution, environment.Instruments,
            await environment.OpenJournalAsync(cancellationToken).ConfigureAwait(false), environment.Clock, cancellationToken)
            .ConfigureAwait(false);

    private static TimeSpan Duration(string text)
    {
        try
        {
            return ReplaySpeed.Parse($"fixed:{text}").Delay;
        }
        catch (BarDataException e)
        {
            throw new ArgumentException($"latency = {text} is no length of time below 40 days; write it as 250ms, 1s, 5m or 1h", e);
        }
    }
}
