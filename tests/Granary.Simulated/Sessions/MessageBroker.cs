using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Sessions;

/// <summary>
/// The messages between a session and its venue: each call is a request and an answer, of which either can be lost or late, and the venue
/// repeats events or reports them later.
/// </summary>
/// <param name="inner">The venue.</param>
internal sealed class MessageBroker(IBroker inner, SessionRun run, SimulatedProcess process) : IBroker, IMarketListener
{
    // Whether a statement was asked for since the last complete report.
    private bool _isCompared;

    private Faults Faults => run.World.Faults;

    public string Name => inner.Name;

    public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default) =>
        SendAsync($"submits {order.ClientId}", async () =>
        {
            run.Arrives(order, process);
            return await inner.SubmitAsync(order, cancellationToken).ConfigureAwait(false);
        });

    public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
        SendAsync($"cancels {clientId}", () => inner.CancelAsync(clientId, cancellationToken));

    public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
        CancellationToken cancellationToken = default) =>
            SendAsync($"protects {clientId}", () => inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken));

    public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice, CancellationToken cancellationToken = default) =>
        SendAsync($"moves the stop of {clientId}", () => inner.MoveStopAsync(clientId, stopPrice, cancellationToken));

    public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
        SendAsync($"asks for {clientId}", () => inner.FindAsync(clientId, cancellationToken));

    public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
        SendAsync("polls", async () =>
        {
            // The venue reports each event at least once: some again, and some later.
            var from = Faults.Happens("events repeated", run.Repeated) ? Math.Max(0, after - run.Choices.Between(1, 5)) : after;
            var events = await inner.PollAsync(from, cancellationToken).ConfigureAwait(false);
            // An adapter answers with a statement when its events have all that is in it.
            if (events.Count == 0 || _isCompared || !Faults.Happens("events late", run.Late))
            {
                _isCompared = false;
                return events;
            }
            run.Touch("events late");
            return [.. events.Take(run.Choices.Below(events.Count))];
        });

    public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
        SendAsync("asks for the account", () =>
        {
            _isCompared = true;
            return inner.SnapshotAsync(cancellationToken);
        });

    // The bars of a simulated venue are no messages: it stands for a market that goes on by itself.
    public ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default) =>
        ((IMarketListener)inner).OnBarsAsync(closeTime, bars, cancellationToken);

    private async ValueTask<T> SendAsync<T>(string what, Func<ValueTask<T>> call)
    {
        await process.WaitAsync(run.Latency(), what).ConfigureAwait(false);
        if (Faults.Happens("request lost", run.Lost)) await LoseAsync(what).ConfigureAwait(false);
        var answer = await call().ConfigureAwait(false);
        if (Faults.Happens("answer lost", run.Lost)) await LoseAsync(what).ConfigureAwait(false);
        await process.WaitAsync(run.Latency(), "answer of the venue").ConfigureAwait(false);
        return answer;
    }

    private async Task LoseAsync(string what)
    {
        run.Touch($"lost: {what}");
        await process.WaitAsync(run.Choices.Between(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(5)), "no answer")
            .ConfigureAwait(false);
        throw new BrokerUnavailableException("the simulated venue does not answer");
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
