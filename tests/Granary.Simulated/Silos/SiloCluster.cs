using System.Collections.Immutable;
using System.Net;
using Granary.Simulated.Kernel;
using Orleans.Runtime;

namespace Granary.Simulated.Silos;

/// <summary>What goes wrong between silos, and how often. All rates are drawn for a run.</summary>
internal sealed class SiloFaults(Draws draws)
{
    /// <summary>A request or an answer is lost.</summary>
    public double Loss { get; init; } = draws.Rate(0.3);

    /// <summary>A call takes seconds.</summary>
    public double Slow { get; init; } = draws.Rate(0.05);

    /// <summary>An activation ends after a turn, because Orleans is idle, balances or lost its registration.</summary>
    public double Deactivation { get; init; } = draws.Rate(0.01);

    /// <summary>A write of a state was stored, and its answer is a fault; or it was not stored.</summary>
    public double Store { get; init; } = draws.Rate(0.05);

    /// <summary>A block on a stream is lost.</summary>
    public double Stream { get; init; } = draws.Rate(0.2);

    /// <summary>The longest time of a piece of work, which is a block for some strategies.</summary>
    public TimeSpan LongestPiece { get; init; } = draws.Between(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(400));

    /// <summary>An event of a silo kills it.</summary>
    public double Kill { get; init; } = draws.Rate(0.006);

    /// <summary>An event of a silo stalls its process, or cuts it off from the others.</summary>
    public double Cut { get; init; } = draws.Rate(0.01);
}

/// <summary>
/// A cluster of silos: a small model of Orleans 10.
/// </summary>
/// <remarks>
/// The rules, and where Orleans' documentation (learn.microsoft.com/dotnet/orleans) states them:
/// <list type="bullet">
/// <item>A call is delivered at most once; without an answer it fails with a <see cref="TimeoutException"/> after the response timeout
/// ("Messaging delivery guarantees"). Messages between two silos keep no order.</item>
/// <item>A call to a silo that is declared dead fails with a <see cref="SiloUnavailableException"/>.</item>
/// <item>Requests of an activation run one at a time, unless it is reentrant or the method interleaves ("Request scheduling").</item>
/// <item>A grain has one activation, except while silos disagree about the members: then two can live ("Grain directory": eventual
/// consistency). The loss of a silo also ends activations on others that it had registered.</item>
/// <item>Silos that miss probes are declared dead by others, in a table; one that finds itself dead ends its process ("Cluster
/// management"). A silo that was only suspected goes on until then.</item>
/// <item>A state is written with its ETag; a write after a write of another activation fails ("Grain persistence"), and Orleans
/// deactivates the activation.</item>
/// <item>Timers are turns of an activation and end with it; the next period begins when a callback has ended. Reminders are stored, and
/// activate the grain ("Timers and reminders").</item>
/// <item>Memory streams keep the order of a stream, and lose what the queue of a lost silo had ("Stream providers").</item>
/// </list>
/// Arguments and answers are copied as Orleans does: serialised between silos, and within a silo copied unless they are immutable.
/// </remarks>
internal sealed class SiloCluster
{
    private static readonly TimeSpan s_ms = TimeSpan.FromMilliseconds(1), s_second = TimeSpan.FromSeconds(1);

    private static readonly GrainMethod s_remind = GrainMethod.Of(typeof(IRemindable).GetMethod(nameof(IRemindable.ReceiveReminder),
        [typeof(string), typeof(TickStatus)])!);

    private readonly Dictionary<GrainId, SimulatedSilo> _directory = [];
    private readonly List<SimulatedSilo> _silos = [];
    private readonly Dictionary<(GrainId, string), StoredReminder> _reminders = [];
    private readonly Func<SiloCluster, int, SimulatedSilo> _start;
    private readonly Draws _net, _places, _lives;
    private ImmutableDictionary<SiloAddress, ClusterMember> _members = ImmutableDictionary<SiloAddress, ClusterMember>.Empty;
    private long _version;
    private int _begun;

    /// <param name="start">Makes the silo of a number.</param>
    public SiloCluster(World world, SiloFaults faults, Func<SiloCluster, int, SimulatedSilo> start)
    {
        (World, Rates, _start) = (world, faults, start);
        (_net, _places, _lives) = (world.Draws.Fork("network"), world.Draws.Fork("placement"), world.Draws.Fork("lives"));
        Store = new StateStore(this, world.Draws.Fork("store"));
        Streams = new SimulatedStreams(this, world.Draws.Fork("streams"));
        Client = new SimulatedNode(this, world.Outside);
    }

    public World World { get; }

    public SiloFaults Rates { get; }

    public StateStore Store { get; }

    public SimulatedStreams Streams { get; }

    /// <summary>A client of the cluster outside of its silos.</summary>
    public SimulatedNode Client { get; }

    /// <summary>Silos whose processes live, in the order of their start.</summary>
    public IEnumerable<SimulatedSilo> Alive => _silos.Where(s => !s.Process.IsDead);

    /// <summary>Every silo that ever began.</summary>
    public IReadOnlyList<SimulatedSilo> All => _silos;

    /// <summary>Called when an activation has read its state: what it had before, and what it has now.</summary>
    public Action<SimulatedSilo, GrainId, object, object>? Read { get; set; }

    /// <summary>Orleans collects the activations of a grain that is not called.</summary>
    public void Collect(string key)
    {
        foreach (var silo in Alive.ToList())
            foreach (var activation in silo.Activations.Where(a => a.GrainId.Key.ToString() == key).ToList())
                activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "it was not called"));
    }

    /// <summary>How often silos began a strategy of a pass.</summary>
    public Dictionary<(string Run, string Pass, int Strategy), int> Orders { get; } = [];

    /// <summary>The members as the table has them.</summary>
    public ClusterMembershipSnapshot Snapshot => new(_members, new MembershipVersion(_version));

    public static SiloAddress AddressOf(int number) =>
        SiloAddress.New(new IPEndPoint(new IPAddress([10, 0, 0, (byte)number]), 11111), number);

    public bool EndsAfterTurn() => World.Faults.Happens("deactivation", Rates.Deactivation);

    /// <summary>How long a message takes.</summary>
    public TimeSpan Latency() => World.Faults.Happens("slow message", Rates.Slow) ? _net.Between(s_second / 10, s_second * 20)
        : _net.Between(s_ms / 5, s_ms * 8);

    /// <summary>Starts one more silo, which joins.</summary>
    public SimulatedSilo Start()
    {
        var silo = _start(this, ++_begun);
        _silos.Add(silo);
        silo.Process.Killed = () => Died(silo);
        _members = _members.Add(silo.Address, new ClusterMember(silo.Address, SiloStatus.Active, silo.Name));
        silo.Take(Changed());
        return silo;
    }

    private ClusterMembershipSnapshot Changed()
    {
        _version++;
        var now = Snapshot;
        foreach (var silo in Alive)
            World.After(_net.Between(s_ms, s_second), silo.Process, "reads the members", () => silo.Take(now));
        return now;
    }

    // Others find out by missed probes; an operator starts another process.
    private void Died(SimulatedSilo silo)
    {
        Streams.Lost(silo);
        var found = _lives.Between(s_second / 5, s_second * 15);
        World.After(found, World.Outside, $"{silo.Name} is missed", () => DeclareDead(silo));
        World.After(_lives.Between(s_second, s_second * 30), World.Outside, "a silo is started", () => Start());
    }

    /// <summary>Others vote that a silo is dead, whether it is or not.</summary>
    public void DeclareDead(SimulatedSilo silo)
    {
        if (!_members.ContainsKey(silo.Address)) return;
        World.Say("", $"{silo.Name} is declared dead");
        _members = _members.SetItem(silo.Address, new ClusterMember(silo.Address, SiloStatus.Dead, silo.Name));
        silo.IsDeclaredDead = true;
        foreach (var lost in _directory.Where(d => d.Value == silo).Select(d => d.Key).ToList()) _directory.Remove(lost);
        // The registrations that it kept are lost with it: their activations end.
        foreach (var other in Alive.Where(s => s != silo))
            foreach (var activation in other.Activations.Where(a => !a.Kind.IsOfSilo && OwnerOf(a.GrainId) == silo).ToList())
            {
                if (_directory.GetValueOrDefault(activation.GrainId) == other) _directory.Remove(activation.GrainId);
                activation.Deactivate(new DeactivationReason(DeactivationReasonCode.DirectoryFailure, "its registration was lost"));
            }
        foreach (var other in Alive) other.Broken(silo);
        Client.Broken(silo);
        Changed();
        if (silo.Process.IsDead) return;
        // It reads the table, and ends its process.
        World.After(_lives.Between(s_ms * 100, s_second * 20), silo.Process, "reads that it is dead", silo.Process.Kill);
    }

    // The silo that keeps the registration of a grain, by consistent hashing.
    private SimulatedSilo? OwnerOf(GrainId id) => _silos.Where(s => !s.IsDeclaredDead || !s.Process.IsDead)
        .MinBy(s => unchecked((uint)(id.GetUniformHashCode() * 2654435761 ^ (uint)s.Number * 40503)));

    /// <summary>An event of a silo may stall it or cut it off for a while.</summary>
    public void MayCut(SimulatedSilo silo)
    {
        if (silo.IsCut || silo.IsDeclaredDead || Alive.Count() < 2 || !World.Faults.Happens("cut", Rates.Cut)) return;
        var time = _lives.Between(s_second, s_second * 60);
        if (_lives.Chance(0.5))
        {
            World.Say(silo.Name, $"stalls for {time.TotalSeconds:0.0} s");
            silo.Process.Freeze(time);
        }
        else
        {
            World.Say(silo.Name, $"is cut off for {time.TotalSeconds:0.0} s");
        }
        silo.IsCut = true;
        World.After(time, World.Outside, $"{silo.Name} is back", () => silo.IsCut = false);
        var found = _lives.Between(s_second * 3, s_second * 20);
        if (found < time) World.After(found, World.Outside, $"{silo.Name} is suspected", () =>
        {
            if (silo.IsCut && !silo.Process.IsDead && Alive.Any(s => s != silo && !s.IsDeclaredDead)) DeclareDead(silo);
        });
    }

    /// <summary>Whether a message reaches a silo.</summary>
    public bool Reaches(SimulatedNode from, SimulatedSilo to) => !to.Process.IsDead
        && !(from is SimulatedSilo { IsDeclaredDead: true } own && own != to)
        && (from == to || !to.IsCut && from is not SimulatedSilo { IsCut: true });

    /// <summary>The silo that a call goes to.</summary>
    /// <returns>null if the call gets no answer.</returns>
    public SimulatedSilo? Resolve(SimulatedNode from, GrainId id, GrainKind kind)
    {
        var own = from as SimulatedSilo;
        if (kind.IsOfSilo || own?.Find(id) is not null) return own;
        // Cut off, a silo reaches its own part of the directory only. If others have declared it dead, they may activate the grain too.
        if (own is { IsCut: true } or { IsDeclaredDead: true })
            return kind.Place != GrainPlace.Key && !_directory.ContainsKey(id) && OwnerOf(id) == own ? own : null;
        if (_directory.TryGetValue(id, out var known) && !known.IsDeclaredDead) return known;
        var active = _silos.Where(s => !s.IsDeclaredDead && _members.ContainsKey(s.Address)).ToList();
        if (kind.Place == GrainPlace.Key)
        {
            var key = id.Key.ToString()!;
            var address = SiloAddress.FromParsableString(key[(key.LastIndexOf('|') + 1)..]);
            return active.Find(s => s.Address.Equals(address))
                ?? throw new SiloUnavailableException($"{address} is not in the cluster any more");
        }
        if (active.Count == 0) return null;
        var silo = kind.Place == GrainPlace.Caller && own is not null && active.Contains(own) ? own : _places.Pick(active);
        _directory[id] = silo;
        return silo;
    }

    public void Unregister(GrainId id, SimulatedSilo silo)
    {
        if (_directory.GetValueOrDefault(id) == silo) _directory.Remove(id);
    }

    /// <summary>A silo registers an activation; false if another silo has it.</summary>
    public bool Register(GrainId id, SimulatedSilo silo)
    {
        if (silo.IsDeclaredDead) return true;
        if (_directory.TryGetValue(id, out var known) && known != silo && !known.IsDeclaredDead) return false;
        _directory[id] = silo;
        return true;
    }

    public StoredReminder Remind(GrainId id, GrainKind kind, string name, TimeSpan dueTime, TimeSpan period)
    {
        var reminder = _reminders[(id, name)] = new StoredReminder(name, id, kind, period);
        Schedule(dueTime);
        return reminder;

        void Schedule(TimeSpan delay) => World.After(delay, World.Outside, $"reminder of {GrainKind.Short(id)}", () =>
        {
            if (_reminders.GetValueOrDefault((id, name)) != reminder) return;
            Schedule(period);
            // One of the silos keeps the reminder; it calls as that silo.
            if (Alive.Where(s => !s.IsCut && !s.IsDeclaredDead).ToList() is not { Count: > 0 } silos) return;
            var call = _places.Pick(silos).CallAsync(id, kind, s_remind,
                [name, new TickStatus(World.Start.UtcDateTime, period, World.Start.UtcDateTime)]);
            _ = call.ContinueWith(static c => c.Exception, TaskScheduler.Default);
        });
    }

    public StoredReminder? ReminderOf(GrainId id, string name) => _reminders.GetValueOrDefault((id, name));

    public void Forget(GrainId id, string name) => _reminders.Remove((id, name));
}

/// <summary>A reminder in the table.</summary>
internal sealed record StoredReminder(string ReminderName, GrainId Grain, GrainKind Kind, TimeSpan Period) : IGrainReminder;
