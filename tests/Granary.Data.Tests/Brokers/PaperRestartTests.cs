using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Tests.Accounts;

namespace Granary.Data.Tests.Brokers;

/// <summary>The stories of an account, with a process that ends at each close: what was booked does not depend on that.</summary>
public sealed class PaperRestartTests
{
    [Fact]
    public void A_venue_and_a_ledger_that_restart_each_day_book_each_story()
    {
        var faults = new List<string>();
        foreach (var story in Story.All.Values)
        {
            using var venue = new PaperVenue(story);
            var hosts = StoryHosts.Run(story, venue: venue);
            foreach (var (host, found) in new[] { ("exchange", hosts.Venue), ("ledger", hosts.Ledger) })
                faults.AddRange(StoryComparison.Differences(found, story.Expected, hasTrades: false)
                    .Take(1).Select(d => $"{story.Name}, {host}: {d}"));
        }
        faults.Take(20).ShouldBeEmpty($"{faults.Count} in all");
    }

    // The paper broker, opened again from its journal at each close.
    private sealed class PaperVenue : IStoryVenue, IDisposable
    {
        private readonly Story _story;
        private readonly MemoryJournal _journal = new();
        private PaperBroker _broker;

        public PaperVenue(Story story) => (_story, _broker) = (story, Open(story, _journal));

        private static PaperBroker Open(Story story, IJournal journal) =>
            Done(PaperBroker.OpenAsync(new PaperSettings { Cash = story.Cash }, story.Execution.ToExecution(),
                story.ToInstruments().ToDictionary(i => i.Symbol), journal, TimeProvider.System));

        public double Cash => Done(_broker.SnapshotAsync()).Cash;

        public bool Restart(int day)
        {
            _broker = Open(_story, _journal);
            return true;
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

    private sealed class MemoryJournal : IJournal
    {
        private readonly List<JournalEntry> _entries = [];

        public string Name => "memory";

        public long Last => _entries.Count;

        public string? Cut => null;

        public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            _entries.AddRange(entries);
            return ValueTask.CompletedTask;
        }

        public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            foreach (var entry in _entries) yield return entry;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
