using System.Threading.Channels;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Plans;
using Granary.Engine.Trading;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Earlier reports of a group are missing; it must run again from its first bar.</summary>
internal sealed class ReportsLostException()
    : Exception("its earlier reports were lost with the folder they were kept in; let all silos share --runs");

/// <summary>
/// Sends the events and outcomes of a group's strategies to the reporting grain, and repeats each report until it is durable. Unsent events
/// are bounded: the group waits meanwhile.
/// </summary>
internal sealed class GroupReporter : IEventSink
{
    private const int Full = 4 << 20, Load = 512 << 10, OutcomesAtOnce = 500;

    private readonly IReportingGrain _reporting;
    private readonly string _run;
    private readonly PassKey _pass;
    private readonly Action _released;
    private readonly CancellationToken _stop;
    private readonly object _gate = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly Dictionary<int, int> _counts = [];
    private readonly Task _sending;
    private List<EventChunk> _waiting = [];
    private int _bytes;
    private bool _ending;
    private readonly Channel<StrategyOutcome> _outcomes = Channel.CreateUnbounded<StrategyOutcome>();

    /// <param name="released">Called when the reporter is no longer <see cref="IsFull"/>.</param>
    public GroupReporter(IGrainFactory grains, string run, PassKey pass, Action released, CancellationToken stop)
    {
        _reporting = grains.GetGrain<IReportingGrain>(run);
        (_run, _pass, _released, _stop) = (run, pass, released, stop);
        _sending = Task.Run(SendAsync, CancellationToken.None);
    }

    /// <summary>Whether strategies must wait because too many events are unsent.</summary>
    public bool IsFull => Volatile.Read(ref _bytes) >= Full;

    /// <summary>Why sending ended; null while it continues.</summary>
    public Task Sending => _sending;

    public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
    {
        // In a finally block, which an interrupt of the strategy cannot stop: the shared state stays consistent.
        try
        {
        }
        finally
        {
            lock (_gate)
            {
                var before = _bytes;
                _waiting.Add(new EventChunk(strategy, chunk, events.ToArray()));
                _counts[strategy] = chunk + 1;
                _bytes += events.Length;
                if (before < Load && _bytes >= Load) _news.Release();
            }
        }
    }

    private async Task SendAsync()
    {
        while (true)
        {
            await _news.WaitAsync(_stop);
            while (true)
            {
                List<EventChunk> load;
                bool ending;
                lock (_gate)
                {
                    ending = _ending;
                    if (_waiting.Count == 0 || _bytes < Load && !ending) break;
                    load = _waiting;
                    _waiting = [];
                }
                // A message is bounded, however many events arrived during the last one.
                for (var i = 0; i < load.Count;)
                {
                    var bytes = 0;
                    var part = new List<EventChunk>();
                    for (; i < load.Count && bytes < Load; i++)
                    {
                        part.Add(load[i]);
                        bytes += load[i].Events.Length;
                    }
                    await DeliverAsync(new StrategyReport(_pass, part, [], []));
                    bool released;
                    lock (_gate)
                    {
                        var before = _bytes;
                        _bytes -= bytes;
                        released = before >= Full && _bytes < Full;
                    }
                    if (released) _released();
                }
            }
            lock (_gate)
                if (_ending && _waiting.Count == 0)
                    return;
        }
    }

    /// <summary>Takes the outcome of a strategy, which is sent after all events.</summary>
    public void Report(StrategyOutcome outcome) => _outcomes.Writer.TryWrite(outcome);

    /// <summary>Sends the remaining events, then the outcomes as the strategies report them; returns when all is durable.</summary>
    /// <param name="outcomes">Number of outcomes.</param>
    /// <exception cref="RunOverException">The run is over.</exception>
    /// <exception cref="ReportsLostException">The group must run again.</exception>
    public async Task FinishAsync(int outcomes)
    {
        lock (_gate) _ending = true;
        _news.Release();
        await _sending;
        while (outcomes > 0)
        {
            var part = new List<StrategyOutcome>();
            while (part.Count < Math.Min(outcomes, OutcomesAtOnce)) part.Add(await _outcomes.Reader.ReadAsync(_stop));
            await DeliverAsync(new StrategyReport(_pass, [], part,
                [.. part.Select(o => o.Error is null ? _counts.GetValueOrDefault(o.Index) : 0)]));
            outcomes -= part.Count;
        }
    }

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
                    case ReportAnswer.Over: throw new RunOverException(_run);
                    case ReportAnswer.Incomplete: throw new ReportsLostException();
                }
            }
            catch (Exception e) when (Loss.Is(e))
            {
                // Its silo was lost: the grain restarts on another one and resumes from the disk.
            }
            await Task.Delay(pause, _stop);
            if (pause < TimeSpan.FromMilliseconds(500)) pause *= 2;
        }
    }
}
