using System.Threading.Channels;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Plans;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Thrown when earlier reports of a group are missing; the group must run again from its first bar.</summary>
internal sealed class ReportsLostException()
    : Exception("its earlier reports were lost with the folder they were kept in; let all silos share --runs");

/// <summary>
/// Sends the events and outcomes of a group's strategies to the reporting grain, several in one message, and repeats each message until it
/// is durable. Unsent events are bounded: the group waits meanwhile.
/// </summary>
internal sealed class GroupReporter : IEventSink
{
    private const int Full = 4 << 20, Load = 512 << 10, OutcomesAtOnce = 500;

    private readonly IReportingGrain _reporting;
    private readonly string _run;
    private readonly PassKey _pass;
    private readonly Action _sent;
    private readonly CancellationToken _stop;
    private readonly Dictionary<int, EventTally> _tallies = [];
    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private long _unsent;

    /// <param name="sent">Called when events were sent.</param>
    public GroupReporter(IGrainFactory grains, string run, PassKey pass, Action sent, CancellationToken stop)
    {
        _reporting = grains.GetGrain<IReportingGrain>(run);
        (_run, _pass, _sent, _stop) = (run, pass, sent, stop);
        Sending = Task.Run(SendAsync, CancellationToken.None);
    }

    // Events of a strategy, or its outcome with the numbers of its events.
    private readonly record struct Item(EventChunk Events, StrategyOutcome? Outcome, EventTally Tally, TaskCompletionSource? Durable);

    /// <summary>Ends with a fault when reports cannot be delivered.</summary>
    public Task Sending { get; }

    public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
    {
        var copy = events.ToArray();
        Interlocked.Add(ref _unsent, copy.Length);
        _items.Writer.TryWrite(new Item(new EventChunk(strategy, chunk, copy), null, default, null));
    }

    public void End(int strategy, in EventTally tally)
    {
        lock (_tallies) _tallies[strategy] = tally;
    }

    /// <summary>Sends the outcome of a strategy after its events; returns when it is durable.</summary>
    public Task ReportAsync(StrategyOutcome outcome)
    {
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        EventTally tally;
        lock (_tallies) tally = _tallies.GetValueOrDefault(outcome.Index);
        _items.Writer.TryWrite(new Item(default, outcome, tally, durable));
        return durable.Task.WaitAsync(_stop);
    }

    /// <summary>Whether strategies must wait because too many events are unsent.</summary>
    public bool IsFull => Interlocked.Read(ref _unsent) >= Full;

    private async Task SendAsync()
    {
        var items = _items.Reader;
        while (await items.WaitToReadAsync(_stop))
        {
            List<EventChunk> events = [];
            List<Item> outcomes = [];
            var bytes = 0;
            while (bytes < Load && outcomes.Count < OutcomesAtOnce && items.TryRead(out var item))
            {
                if (item.Outcome is not null) outcomes.Add(item);
                else events.Add(item.Events);
                bytes += item.Events.Events?.Length ?? 0;
            }
            await DeliverAsync(
                new StrategyReport(_pass, events, [.. outcomes.Select(o => o.Outcome!)], [.. outcomes.Select(o => o.Tally)]));
            foreach (var outcome in outcomes) outcome.Durable!.SetResult();
            Interlocked.Add(ref _unsent, -bytes);
            _sent();
        }
    }

    /// <exception cref="RunEndedException">The run is over.</exception>
    /// <exception cref="ReportsLostException">The group must run again.</exception>
    private async Task DeliverAsync(StrategyReport report)
    {
        var pause = TimeSpan.FromMilliseconds(20);
        while (true)
        {
            _stop.ThrowIfCancellationRequested();
            try
            {
                switch (await _reporting.ReportAsync(report).WaitAsync(TimeSpan.FromSeconds(30), _stop))
                {
                    case ReportAnswer.Taken: return;
                    case ReportAnswer.Over: throw new RunEndedException(_run);
                    case ReportAnswer.Incomplete: throw new ReportsLostException();
                }
            }
            catch (Exception e) when (Loss.Is(e))
            {
                // The reporting grain's silo was lost. The grain restarts on another silo and resumes from the run's folder.
            }
            await Task.Delay(pause, _stop);
            if (pause < TimeSpan.FromMilliseconds(500)) pause *= 2;
        }
    }
}
