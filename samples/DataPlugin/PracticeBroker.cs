using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace SampleDataPlugin;

/// <summary>A broker to practise with: the paper venue stands in for the exchange, behind a connection that fails now and then.</summary>
/// <param name="smallest">The smallest value of an order, quote currency; a smaller one is rejected.</param>
/// <param name="failEvery">Every so many calls the exchange does not answer; 0 for never.</param>
/// <param name="partial">Share of the orders that fill in parts.</param>
[Broker("practice", "The paper venue behind a connection that fails now and then.")]
public sealed class PracticeBrokerFactory(
    [Range(0, 1e9)] double smallest = 0, [Range(0, 1_000_000)] int failEvery = 0, [Range(0, 1)] double partial = 0) : IBrokerFactory
{
    // A real one reads its key from the environment and signs in here.
    public async Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default) =>
        new PracticeBroker(await new PaperBrokerFactory(partial: partial).ConnectAsync(environment, cancellationToken), smallest,
            failEvery);
}

/// <summary>The adapter. Each method is one request of the exchange; replace <c>exchange</c> by its client.</summary>
/// <param name="exchange">Keeps orders, positions and cash over a restart.</param>
public sealed class PracticeBroker(IBroker exchange, double smallest, int failEvery) : IBroker, IMarketListener
{
    private readonly Dictionary<string, BrokerOrderStatus> _refused = new(StringComparer.Ordinal);
    private int _calls;

    public string Name => "practice";

    public async ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
    {
        // The adapter refuses what the exchange would refuse, with a reason, and knows the order afterwards.
        if (order.Closes is null && order.LimitPrice > 0 && order.LimitPrice * order.Quantity < smallest)
            return _refused[order.ClientId] = new BrokerOrderStatus(order.ClientId, "", OrderState.Rejected, 0,
                $"the order is worth less than {smallest}");
        var failing = IsFailing();
        // Half of the lost answers belong to requests that have arrived.
        if (failing && _calls % 2 == 0) throw NoAnswer();
        var status = await exchange.SubmitAsync(order, cancellationToken);
        return failing ? throw NoAnswer() : status;
    }

    public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
        _refused.TryGetValue(clientId, out var refused) ? new(refused) : exchange.CancelAsync(clientId, cancellationToken);

    public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
        CancellationToken cancellationToken = default) =>
            exchange.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken);

    public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice, CancellationToken cancellationToken = default) =>
        exchange.MoveStopAsync(clientId, stopPrice, cancellationToken);

    public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
        _refused.TryGetValue(clientId, out var refused) ? new(refused) : exchange.FindAsync(clientId, cancellationToken);

    public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
        exchange.PollAsync(after, cancellationToken);

    public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
        exchange.SnapshotAsync(cancellationToken);

    // Only a simulated exchange needs the session's bars.
    public ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default) =>
        ((IMarketListener)exchange).OnBarsAsync(closeTime, bars, cancellationToken);

    public ValueTask DisposeAsync() => exchange.DisposeAsync();

    private bool IsFailing() => ++_calls > 0 && failEvery > 0 && _calls % failEvery == 0;

    private static BrokerUnavailableException NoAnswer() =>
        new("practice: the exchange does not answer, as the option 'failEvery' requests");
}
