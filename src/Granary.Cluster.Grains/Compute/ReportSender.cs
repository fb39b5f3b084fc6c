using System.Threading.Channels;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Telemetry;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Thrown when earlier reports of a group are missing; the group must run again from its first bar.</summary>
internal sealed class ReportsLostException()
    : Exception("its earlier reports were lost with the folder they were kept in; let all silos share --runs");

/// <summary>
/// Sends what the strategies of a group have to report to the reporting grain, several in one message, and repeats each message until it
/// is durable. Unsent events are bounded: the group waits meanwhile.
/// </summary>
internal sealed class ReportSender
{
    private const int Full = 4 << 20;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly IReportingGrain _reporting;
    private readonly string _run;
    private readonly PassKey _pass;
    private readonly Action _sent;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _stop;
    // A strategy is in it at least once for each event chunk and outcome that it has not sent.
    private readonly Channel<OwnedStrategy> _ready =
        Channel.CreateUnbounded<OwnedStrategy>(new UnboundedChannelOptions { SingleReader = true });
    private long _unsent;

    /// <param name="sent">Called when events were sent.</param>
    public ReportSender(IGrainFactory grains, string run, PassKey pass, Action sent, TimeProvider clock, CancellationToken stop)
    {
        _reporting = grains.GetGrain<IReportingGrain>(run);
        (_run, _pass, _sent, _clock, _stop) = (run, pass, sent, clock, stop);
        Sending = Task.Run(SendAsync, CancellationToken.None);
    }

    /// <summary>Ends with a fault when reports cannot be delivered, or when the group stops.</summary>
    public Task Sending { get; }

    /// <summary>Whether strategies must wait because too many events are unsent.</summary>
    public bool IsFull => Interlocked.Read(ref _unsent) >= Full;

    /// <summary>Sends what a strategy has added: one event chunk of this length, or its outcome.</summary>
    public void Send(OwnedStrategy strategy, int bytes)
    {
        Interlocked.Add(ref _unsent, bytes);
        _ready.Writer.TryWrite(strategy);
    }

    private async Task SendAsync()
    {
        while (await _ready.Reader.WaitToReadAsync(_stop))
        {
            var draft = new ReportDraft();
            List<OwnedStrategy> senders = [];
            while (draft.HasRoom && _ready.Reader.TryRead(out var strategy))
                if (strategy.AddTo(draft)) senders.Add(strategy);
            if (draft.IsEmpty) continue;
            await DeliverAsync(draft.ToReport(_pass));
            foreach (var strategy in senders) strategy.Delivered();
            Interlocked.Add(ref _unsent, -draft.Bytes);
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
                switch (await Untraced.CallAsync(() => _reporting.ReportAsync(report)).WaitAsync(s_timeout, _clock, _stop))
                {
                    case ReportAnswer.Taken: return;
                    case ReportAnswer.Over: throw new RunEndedException(_run);
                    case ReportAnswer.Incomplete: throw new ReportsLostException();
                }
            }
            catch (Exception e) when (LostCall.Is(e))
            {
                // The reporting grain's silo was lost. The grain restarts on another silo and resumes from the run's folder.
            }
            await Task.Delay(pause, _clock, _stop);
            if (pause < TimeSpan.FromMilliseconds(500)) pause *= 2;
        }
    }
}
