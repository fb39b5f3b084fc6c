using Granary.Engine.Brokerage;
using Granary.Engine.Market;

namespace Granary.Trading.Tests.Live;

/// <summary>A broker whose calls a test sees first; an exception of the test is the call's.</summary>
/// <param name="before">Called with the name of the method, and with the order of a submission.</param>
internal sealed class InterceptedBroker(IBroker inner, Func<string, BrokerOrder?, Task> before) : IBroker, IMarketListener
{
    /// <param name="before">Called with the name of the method.</param>
    public InterceptedBroker(IBroker inner, Action<string> before) : this(inner, (call, _) =>
    {
        before(call);
        return Task.CompletedTask;
    })
    {
    }

    public string Name => inner.Name;

    public async ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        await before(nameof(OnBarsAsync), null);
        if (inner is IMarketListener listener) await listener.OnBarsAsync(closeTime, bars, cancellationToken);
    }

    public async ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
    {
        await before(nameof(SubmitAsync), order);
        return await inner.SubmitAsync(order, cancellationToken);
    }

    public async ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default)
    {
        await before(nameof(CancelAsync), null);
        return await inner.CancelAsync(clientId, cancellationToken);
    }

    public async ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
        CancellationToken cancellationToken = default)
    {
        await before(nameof(ProtectAsync), null);
        return await inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken);
    }

    public async ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
        CancellationToken cancellationToken = default)
    {
        await before(nameof(MoveStopAsync), null);
        return await inner.MoveStopAsync(clientId, stopPrice, cancellationToken);
    }

    public async ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default)
    {
        await before(nameof(FindAsync), null);
        return await inner.FindAsync(clientId, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default)
    {
        await before(nameof(PollAsync), null);
        return await inner.PollAsync(after, cancellationToken);
    }

    public async ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default)
    {
        await before(nameof(SnapshotAsync), null);
        return await inner.SnapshotAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
