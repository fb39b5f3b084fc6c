using Granary.Engine.Brokerage;
using Granary.Engine.Market;

namespace Granary.Trading.Tests.Live;

/// <summary>Notifies a script of market time, and dies at a call when <paramref name="dies"/> says so; null = never.</summary>
internal sealed class WatchedBroker(IBroker inner, ScriptedControl script, Func<bool>? dies = null) : IBroker, IMarketListener
{
    internal sealed class DiedException : Exception;

    public string Name => inner.Name;

    private async ValueTask<T> Around<T>(Func<ValueTask<T>> call)
    {
        if (dies?.Invoke() == true) throw new DiedException();
        var answer = await call();
        if (dies?.Invoke() == true) throw new DiedException();
        return answer;
    }

    public async ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        await ((IMarketListener)inner).OnBarsAsync(timestamp, bars, cancellationToken);
        if (bars.Count > 0) script.Now = timestamp;
        if (dies?.Invoke() == true) throw new DiedException();
    }

    public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default) =>
        Around(() => inner.SubmitAsync(order, cancellationToken));

    public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
        Around(() => inner.CancelAsync(clientId, cancellationToken));

    public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
        CancellationToken cancellationToken = default) => Around(() => inner.MoveStopAsync(clientId, stopPrice, cancellationToken));

    public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
        CancellationToken cancellationToken = default) =>
            Around(() => inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken));

    public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
        inner.FindAsync(clientId, cancellationToken);

    public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
        Around(() => inner.PollAsync(after, cancellationToken));

    public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
        inner.SnapshotAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
