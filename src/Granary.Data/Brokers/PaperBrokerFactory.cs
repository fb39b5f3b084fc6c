using Granary.Data.Replay;
using Granary.Engine.Brokerage;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Data.Brokers;

/// <summary>The paper venue: fills orders on the session's own bars by the rules of a backtest, with optional latency and faults.</summary>
/// <param name="seed">Seed of all random draws. The outcome of an order depends only on the seed and the order's id.</param>
/// <param name="latency">Mean market time from sending an order until it works, such as 250ms.</param>
/// <param name="reject">Fraction of the orders that the venue rejects.</param>
/// <param name="partial">Fraction of the orders that fill in parts, over consecutive bars.</param>
/// <param name="timeout">Fraction of the submissions without a response; half of these orders have reached the venue.</param>
/// <param name="like">A broker, such as kucoin, whose restrictions the paper venue applies; empty for none.</param>
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

    /// <summary>The broker whose restrictions the venue applies; empty for none.</summary>
    public string Like => like;

    /// <inheritdoc/>
    public BrokerCapabilities Capabilities { get; init; } = BrokerCapabilities.Any;

    /// <summary>Returns the same venue with the restrictions of a different broker.</summary>
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
            throw new ArgumentException($"latency = {text} is not a length of time below 40 days; write it as 250ms, 1s, 5m or 1h", e);
        }
    }
}
