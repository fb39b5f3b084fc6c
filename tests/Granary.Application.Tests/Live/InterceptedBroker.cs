using Granary.Engine.Brokerage;

namespace Granary.Application.Tests.Live;

/// <summary>A broker whose calls a test sees first; an exception of the test is the call's.</summary>
/// <param name="before">Called with the name of the method.</param>
internal sealed class InterceptedBroker(IBroker inner, Action<string> before) : IBroker, IMarketListener
{
    public string Name => inner.Name;

    private IBroker Through(string call)
    {
        before(call);
        return inner;
    }

    public ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default) =>
        Through(nameof(OnBarsAsync)) is IMarketListener listener ? listener.OnBarsAsync(closeTime, bars, cancellationToken) : default;

    public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default) =>
        Through(nameof(SubmitAsync)).SubmitAsync(order, cancellationToken);

    public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
        Through(nameof(CancelAsync)).CancelAsync(clientId, cancellationToken);

    public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice, CancellationToken cancellationToken = default) =>
        Through(nameof(MoveStopAsync)).MoveStopAsync(clientId, stopPrice, cancellationToken);

    public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
        Through(nameof(FindAsync)).FindAsync(clientId, cancellationToken);

    public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
        Through(nameof(PollAsync)).PollAsync(after, cancellationToken);

    public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
        Through(nameof(SnapshotAsync)).SnapshotAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
