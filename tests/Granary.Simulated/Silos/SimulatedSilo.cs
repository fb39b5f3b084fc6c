using Granary.Cluster;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Batches;
using Granary.Cluster.Grains.Compute;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Models;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Grains.Telemetry;
using Granary.Contracts.Batches;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Simulated.Kernel;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Timers;

namespace Granary.Simulated.Silos;

/// <summary>A silo: its process, its activations, and the services of the product that its grains use.</summary>
internal sealed class SimulatedSilo : SimulatedNode, IComputeSteps
{
    private readonly Dictionary<GrainId, Activation> _activations = [];
    private readonly Draws _work;
    private readonly Dictionary<Func<bool>, bool> _steps = [];
    private readonly SiloServiceProvider _services = new();

    public SimulatedSilo(SiloCluster cluster, int number, GrainSettings settings, GranaryCatalogues catalogues, JobCatalogue kinds)
        : base(cluster, cluster.World.Begin($"silo{number}"))
    {
        Number = number;
        Address = SiloCluster.AddressOf(number);
        Process.KillRate = cluster.Rates.Kill;
        _work = cluster.World.Draws.Fork($"work of {number}");
        Members = new SimulatedMembership(this);
        var clock = (TimeProvider)Process.Clock;
        var ids = new DrawnIds(cluster.World.Draws.Fork($"ids of {number}"));
        var own = new LocalDetails(Name, Address);
        var process = new SiloProcess(own, new Life(this), Members);
        var windows = new FeedWindows(this, settings, own, SimulatedInstruments.All, clock, ids);
        var sources = new FeedSources(this, catalogues, settings, windows);
        var plans = new RunPlans(this, kinds, clock);
        var replicas = new ModelReplicas(this, catalogues, own, clock, new SiloLogger<ModelReplicas>(this));
        var services = new SiloServices(this, plans, sources, SimulatedInstruments.All, new BatchModels(this, replicas, clock),
            new Computes(this), process, clock, ids);
        Compute = new SiloCompute(services, settings, new SiloLogger<SiloCompute>(this), this);
        _services.Add<SiloServices>(services).Add(Compute).Add(sources).Add(windows).Add(plans).Add(replicas).Add(process)
            .Add<ILocalSiloDetails>(own).Add<IClusterMembershipService>(Members).Add(clock).Add<GrainIds>(ids).Add(settings).Add(catalogues)
            .Add(kinds).Add(SimulatedInstruments.All).Add(new FeedMemory()).Add<IGrainFactory>(this).Add<IClusterClient>(this)
            .Add(services.Silos).Add(new BatchServices(services.Silos, Members, settings, SimulatedInstruments.All, catalogues, clock, ids)
            {
                Usage = static () => (TimeSpan.Zero, 0),
            })
            .Add<IGrainRuntime>(new Runtime(this)).Add<ITimerRegistry>(new Timers()).Add<IReminderRegistry>(new Reminders(this))
            .Add<IStreamProvider>(new SimulatedStreamProvider(this, ClusterProviders.Blocks), ClusterProviders.Blocks);
        _services.Logger = category => Activator.CreateInstance(typeof(SiloLogger<>).MakeGenericType(category), this)!;
    }

    public int Number { get; }

    public string Name => SiloRolesText.NameOf($"silo{Number}", SiloRolesText.All);

    public SiloAddress Address { get; }

    public SiloCompute Compute { get; }

    public SimulatedMembership Members { get; }

    /// <summary>Whether no message of another silo reaches it.</summary>
    public bool IsCut { get; set; }

    /// <summary>Whether the table says that it is dead; its process may still run.</summary>
    public bool IsDeclaredDead { get; set; }

    public IServiceProvider Services => _services;

    public override IServiceProvider ServiceProvider => _services;

    public IEnumerable<Activation> Activations => _activations.Values;

    public void Say(string what) => Cluster.World.Say(Process.Name, what);

    public void Take(ClusterMembershipSnapshot snapshot)
    {
        if (snapshot.Version > Members.CurrentSnapshot.Version) Members.Take(snapshot);
    }

    /// <summary>The activation of a grain on this silo, if it takes requests.</summary>
    public Activation? Find(GrainId id) => _activations.GetValueOrDefault(id) is { IsValid: true } own ? own : null;

    /// <summary>Gives a request to its activation, which it may have to make.</summary>
    public void Receive(GrainMessage message)
    {
        Cluster.MayCut(this);
        var (id, kind) = message.Target!.Value;
        if (_activations.TryGetValue(id, out var known))
        {
            // Also while it ends: the request goes on to the next activation then.
            known.Receive(message);
            return;
        }
        if (!kind.IsOfSilo && !Cluster.Register(id, this))
        {
            Forward(message);
            return;
        }
        Say($"activates {kind.Name} {GrainKind.Short(id)}");
        var activation = _activations[id] = new Activation(this, kind, id);
        activation.Receive(message);
        activation.Begin();
    }

    /// <summary>Sends a request on, because its activation has ended here.</summary>
    public void Forward(GrainMessage message)
    {
        var (id, kind) = message.Target!.Value;
        SimulatedSilo? to = null;
        if (message.Forwards++ < 2)
            try
            {
                to = Cluster.Resolve(this, id, kind);
            }
            catch (SiloUnavailableException)
            {
                // It is rejected.
            }
        if (to is null) message.Fail(new SiloUnavailableException($"{kind.Name} {GrainKind.Short(id)} has no activation"));
        else if (to == this) Cluster.World.After(TimeSpan.Zero, Process, $"forwards {message.Name}", () => Receive(message));
        else if (Cluster.Reaches(this, to))
            Cluster.World.After(Cluster.Latency(), to.Process, $"gets {message.Name} on", () => to.Receive(message));
    }

    public void Remove(Activation activation)
    {
        if (_activations.GetValueOrDefault(activation.GrainId) == activation) _activations.Remove(activation.GrainId);
        if (!activation.Kind.IsOfSilo) Cluster.Unregister(activation.GrainId, this);
    }

    /// <summary>A worker of the pool takes time for each piece.</summary>
    public void Request(Func<bool> step)
    {
        if (_steps.TryGetValue(step, out var isQueued) && isQueued) return;
        _steps[step] = true;
        Cluster.World.After(_work.Between(TimeSpan.FromMilliseconds(0.1), Cluster.Rates.LongestPiece), Process, "computes", () =>
        {
            _steps[step] = false;
            if (step()) Request(step);
        });
    }

    /// <summary>Calls of the compute services of all silos from this one.</summary>
    private sealed class Computes(SimulatedSilo own) : IComputeServices
    {
        private readonly Dictionary<SiloAddress, IComputeService> _known = [];

        public IComputeService Of(SiloAddress silo) => _known.TryGetValue(silo, out var known) ? known : _known[silo] = Proxy(silo);

        private IComputeService Proxy(SiloAddress address) => CallProxy.Of<IComputeService>((method, arguments) =>
        {
            if (own.Process.IsDead) return new TaskCompletionSource<object?>().Task;
            if (own.Cluster.All.FirstOrDefault(s => s.Address.Equals(address)) is not { } silo)
                return Task.FromException<object?>(new SiloUnavailableException($"{address} is not in the cluster"));
            return own.SendAsync(silo, $"{silo.Process.Name}.{method.Name}", method, arguments, (invoke, answered, failed) =>
                _ = AnswerAsync(silo, invoke, answered, failed));
        });

        private static async Task AnswerAsync(SimulatedSilo silo, Func<object, Task<object?>> invoke, Action<object?> answered,
            Action<Exception> failed)
        {
            silo.Cluster.MayCut(silo);
            try
            {
                answered(await invoke(new Service(silo)).ConfigureAwait(false));
            }
            catch (Exception e) when (e is not OracleException)
            {
                failed(GrainFaults.Of(e));
            }
        }
    }

    // What ComputeService does, which needs Orleans' own silo.
    private sealed class Service(SimulatedSilo silo) : IComputeService
    {
        public Task StartAsync(GroupWork work)
        {
            silo.Compute.Start(work);
            foreach (var strategy in work.Strategies)
            {
                var key = (work.Run, work.Pass.ToString(), strategy);
                silo.Cluster.Orders[key] = silo.Cluster.Orders.GetValueOrDefault(key) + 1;
            }
            return Task.CompletedTask;
        }

        public Task<ComputeStatus> PollAsync(string run, CancellationToken cancellationToken = default) =>
            Task.FromResult(silo.Compute.StatusOf(run));

        public Task StopAsync(string run, IReadOnlyList<Guid>? groups)
        {
            silo.Compute.Stop(run, groups);
            return Task.CompletedTask;
        }

        public Task<int[]> GiveUpAsync(string run, Guid group, int most) => Task.FromResult(silo.Compute.GiveUp(group, most));

        public Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken = default) => Task.FromResult(
            new SiloDescription("simulated", silo.Compute.Pool.Threads, silo.Compute.Groups, silo._activations.Count,
                silo.Compute.IsLeaving || silo.Compute.IsDraining));

        public Task DrainAsync(bool drain)
        {
            silo.Compute.Drain(drain);
            return Task.CompletedTask;
        }

        public Task<BatchStrategy?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken = default) =>
            silo.GetGrain<IStrategyGrain>($"{run}/{strategy}", null).StatusAsync(cancellationToken).AsTask();

        public Task<bool> StopStrategyAsync(string run, string strategy, string reason) =>
            silo.GetGrain<IStrategyGrain>($"{run}/{strategy}", null).StopAsync(reason).AsTask();

        public Task RetireAsync() => throw new NotSupportedException();
    }

    private sealed class DrawnIds(Draws draws) : GrainIds
    {
        public override Guid Next() => draws.Guid();
    }

    private sealed record LocalDetails(string Name, SiloAddress SiloAddress) : ILocalSiloDetails
    {
        public string ClusterId => "simulated";

        public string DnsHostName => Name;

        public SiloAddress GatewayAddress => SiloAddress;
    }

    // A silo that ends itself, since a strategy blocks it.
    private sealed class Life(SimulatedSilo silo) : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => silo.Process.Kill();
    }

    private sealed class Runtime(SimulatedSilo silo) : IGrainRuntime
    {
        public string SiloIdentity => silo.Address.ToString();

        public SiloAddress SiloAddress => silo.Address;

        public IGrainFactory GrainFactory => silo;

        public ITimerRegistry TimerRegistry { get; } = new Timers();

        public IServiceProvider ServiceProvider => silo.Services;

        public TimeProvider TimeProvider => silo.Process.Clock;

        public void DeactivateOnIdle(IGrainContext grainContext) => grainContext.Deactivate(
            new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "the grain asked for it"));

        public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan)
        {
        }

        public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();
    }

    private sealed class Timers : ITimerRegistry
    {
        public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime,
            TimeSpan period) => throw new NotSupportedException();

        public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback,
            TState state, GrainTimerCreationOptions options) =>
                new GrainTimer((Activation)grainContext, stop => callback(state, stop), options);
    }

    private sealed class Reminders(SimulatedSilo silo) : IReminderRegistry
    {
        private Task<T> CallAsync<T>(string what, Func<T> act) => silo.Cluster.Store.CallAsync(silo, what, act);

        public async Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime,
            TimeSpan period) =>
                await CallAsync($"sets the reminder of {GrainKind.Short(callingGrainId)}", () => silo.Cluster.Remind(callingGrainId,
                GrainKind.OfName(callingGrainId.Type.ToString()!), reminderName, dueTime, period));

        public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder) =>
            await CallAsync($"ends the reminder of {GrainKind.Short(callingGrainId)}", () =>
            {
                silo.Cluster.Forget(callingGrainId, reminder.ReminderName);
                return true;
            });

        public async Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
            await CallAsync($"reads the reminder of {GrainKind.Short(callingGrainId)}",
                () => silo.Cluster.ReminderOf(callingGrainId, reminderName));

        public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) => throw new NotSupportedException();
    }
}
