using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Tests.Accounts;

namespace Granary.Data.Tests.Brokers;

/// <summary>The paper broker with a journal in memory.</summary>
/// <remarks>With restarts it is opened again from its journal at each close.</remarks>
internal sealed class PaperVenue : IStoryVenue, IDisposable
{
    private readonly Story _story;
    private readonly bool _restarts;
    private PaperBroker _broker;

    public PaperVenue(Story story, bool restarts, MemoryJournal? journal = null)
    {
        (_story, _restarts, Journal) = (story, restarts, journal ?? new MemoryJournal());
        _broker = Open(story, Journal);
    }

    public MemoryJournal Journal { get; }

    private static PaperBroker Open(Story story, IJournal journal) =>
        Done(PaperBroker.OpenAsync(new PaperSettings { Cash = story.Cash }, story.Execution.ToExecution(),
            story.ToInstruments().ToDictionary(i => i.Symbol), journal, TimeProvider.System));

    public double Cash => Done(_broker.SnapshotAsync()).Cash;

    public bool Restart(int day)
    {
        if (_restarts) _broker = Open(_story, Journal);
        return _restarts;
    }

    public void OnBars(long closeTime, IReadOnlyList<ClosedBar> bars) => Done(_broker.OnBarsAsync(closeTime, bars));

    public BrokerOrderStatus Submit(BrokerOrder order) => Done(_broker.SubmitAsync(order));

    public void Cancel(string clientId) => Done(_broker.CancelAsync(clientId));

    public IReadOnlyList<BrokerEvent> Poll(long after) => Done(_broker.PollAsync(after));

    public double PositionOf(string symbol) => Done(_broker.SnapshotAsync()).Positions.GetValueOrDefault(symbol);

    public void Dispose() => Done(_broker.DisposeAsync());

    private static T Done<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static T Done<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static void Done(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
