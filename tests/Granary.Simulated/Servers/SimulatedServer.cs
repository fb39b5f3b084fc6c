using System.Globalization;
using Granary.Contracts.Jobs;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Notifications;
using Granary.Server.Budgets;
using Granary.Server.Jobs;
using Granary.Simulated.Disks;
using Granary.Simulated.Kernel;
using Granary.Simulation.Validation;
using Granary.Storage.Files;

namespace Granary.Simulated.Servers;

/// <summary>A process of <c>granary serve</c>: its jobs, accounts of trials, models and notifications, without HTTP.</summary>
internal sealed class SimulatedServer
{
    public const string Runs = "/data/runs", Research = Runs + "/.research", Trials = "/data/trials", Models = "/data/models",
        Notifications = Runs + "/.notifications";

    private const int MostIdleTurns = 20;

    private readonly World _world;
    private readonly Receiver _receiver;
    private readonly JobWatch _watch;
    // Turns in which a job waited and none ran, by its id.
    private Dictionary<string, int> _waiting = new(StringComparer.Ordinal);

    /// <exception cref="IOException">The disk failed.</exception>
    public SimulatedServer(World world, SimulatedProcess process, SimulatedDisk disk, ServerModel model, Receiver receiver, Draws draws)
    {
        (_world, Process, _receiver) = (world, process, receiver);
        var own = disk.Of(process);
        var ledger = new TrialLedger(Trials, clock: process.Clock, disk: own);
        var registry = new ModelRegistry(new FileModelStore(Models, own.Files), ModelKindCatalogue.BuiltIn);
        Accounts = new TrialAccounts(Research, clock: process.Clock, disk: own);
        var store = new FileOutboxStore(Notifications, own);
        Outbox = new Outbox(store, process.Clock);
        var numbers = draws.Fork(process.Name);
        Jobs = new LocalJobs(Runs, new ServedRunner(process, own, ledger, registry, model, draws.Fork("runner " + process.Name)),
            ServedKind.Kinds, process.Clock, new LocalJobsOptions
            {
                Disk = own,
                Idle = static () => { },
                NewId = (name, _) => string.Create(CultureInfo.InvariantCulture, $"{name}-{numbers.Below(10000):0000}"),
            });
        _watch = new JobWatch(Jobs, store, process.Clock);
    }

    public SimulatedProcess Process { get; }

    public LocalJobs Jobs { get; }

    public TrialAccounts Accounts { get; }

    public Outbox Outbox { get; }

    /// <summary>Notifies of ended jobs, again and again.</summary>
    public async Task NotifyAsync()
    {
        var pause = TimeSpan.FromSeconds(1);
        while (true)
        {
            try
            {
                await _watch.ReadAsync(job =>
                {
                    if (job.State is JobState.Done or JobState.Failed) Outbox.Add(NotificationOf(job), "hook");
                }, CancellationToken.None).ConfigureAwait(false);
                await Outbox.DeliverAsync(SendAsync, CancellationToken.None).ConfigureAwait(false);
                await CheckQueueAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next turn does the same again.
            }
            if (_world.Faults.AreOver) pause = TimeSpan.FromSeconds(30);
            await Task.Delay(pause, Process.Clock).ConfigureAwait(false);
        }
    }

    // A job that is shown as queued is run while the process lives.
    private async Task CheckQueueAsync()
    {
        var jobs = (await Jobs.ListAsync(new JobQuery(1000)).ConfigureAwait(false)).Items;
        var isIdle = Jobs.Fault is null && !jobs.Any(j => j.State == JobState.Running);
        _waiting = isIdle ? jobs.Where(j => j.State == JobState.Queued)
            .ToDictionary(j => j.Id, j => _waiting.GetValueOrDefault(j.Id) + 1, StringComparer.Ordinal) : [];
        foreach (var (id, turns) in _waiting)
            Oracle.Demand(turns < MostIdleTurns, "queued jobs run", $"{id} is queued, and the server is idle");
    }

    public static Notification NotificationOf(JobStatus job) => Notification.Of(
        job.State == JobState.Done ? NotificationEvent.JobDone : NotificationEvent.JobFailed, job.Id, "", job.State.ToString(),
        World.Start);

    private async Task SendAsync(Delivery delivery, CancellationToken cancellationToken) =>
        await _receiver.PostAsync(Process, delivery.Id).WaitAsync(TimeSpan.FromSeconds(20), Process.Clock, cancellationToken)
            .ConfigureAwait(false);
}

/// <summary>The receiver of the notifications, whose answers may be lost.</summary>
internal sealed class Receiver(World world, SimulatedDisk disk, Draws draws, double lossRate, double faultRate)
{
    private readonly FileOutboxStore _stored = new(SimulatedServer.Notifications, disk.Of(world.Outside));

    /// <summary>The number of messages by id.</summary>
    public Dictionary<string, int> Received { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of attempts by id; the receiver refused some of them.</summary>
    public Dictionary<string, int> Attempts { get; } = new(StringComparer.Ordinal);

    public Task PostAsync(SimulatedProcess sender, string id)
    {
        var back = world.Faults.Happens("answer of the receiver lost", lossRate) ? (TimeSpan?)null : TimeSpan.FromMilliseconds(20);
        return sender.CallAsync("posts a notification", draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)), () =>
        {
            var made = Attempts[id] = Attempts.GetValueOrDefault(id) + 1;
            var stored = _stored.Find(id)?.Attempts ?? 0;
            Oracle.Demand(stored >= made, "attempts are stored first", $"attempt {made} of {id} arrived, and {stored} were stored");
            if (world.Faults.Happens("receiver fails", faultRate)) throw new InvalidOperationException("503");
            Received[id] = Received.GetValueOrDefault(id) + 1;
            return true;
        }, back);
    }
}
