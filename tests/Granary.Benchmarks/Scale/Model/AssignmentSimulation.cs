using System.Diagnostics;
using System.Globalization;
using System.Net;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Batches;
using Granary.Cluster.Wire;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Benchmarks.Scale.Model;

/// <summary>A batch on a simulated cluster.</summary>
/// <param name="Threads">Compute threads of a silo.</param>
/// <param name="Feeds">Feeds that share the strategies equally.</param>
/// <param name="EvictAt">Part of the batch's ideal time after which a silo is lost; null for none.</param>
internal sealed record SimulatedCase(int Silos, int Threads, int Strategies, int Feeds, long Bars, double? EvictAt = null);

/// <summary>Costs of a simulated cluster, from measurements (docs/scale.md).</summary>
/// <param name="Evaluation">Processor time of a strategy and a bar, seconds.</param>
/// <param name="Planned">Processor time to plan a strategy, on each silo, seconds.</param>
/// <param name="Opened">Time to open a feed on a silo, seconds.</param>
/// <param name="Reported">Processor time of the reporting silo for a strategy, seconds.</param>
internal sealed record SimulatedCosts(double Evaluation, double Planned, double Opened, double Reported)
{
    public static SimulatedCosts Of(IReadOnlyList<Measurement> measured, double planned)
    {
        double Coefficient(Quantity quantity, string term) =>
            quantity.Solve(measured).Coefficients[quantity.Terms.ToList().FindIndex(t => t.Name == term)];
        return new SimulatedCosts(Coefficient(ScaleModel.Processor, "strategy and bar"), planned,
            Coefficient(ScaleModel.Processor, "feed"), Coefficient(ScaleModel.Reporting, "strategy"));
    }
}

/// <summary>What a simulated batch did.</summary>
/// <param name="Seconds">From the order to the last durable outcome.</param>
/// <param name="Ideal">Time if all threads only evaluated.</param>
/// <param name="Control">Processor time of the batch's grain: polls, assignment table.</param>
/// <param name="Reporting">Processor time of the reporting grain for outcomes.</param>
/// <param name="Readings">Feeds that silos opened, over all silos.</param>
/// <param name="Repeated">Evaluations that were lost with a silo.</param>
internal sealed record SimulatedRun(double Seconds, double Ideal, double Control, double Reporting, int Groups, int Readings,
    long PollBytes, double Repeated);

/// <summary>
/// Discrete-event simulation of a batch on many silos. The assignment of groups to silos is the product's own
/// <see cref="AssignmentTable"/>, called as <c>PassControl</c> calls it; its time on this machine, and that of reading the silos' answers
/// with the product's wire format, is the simulated time of the batch's grain. Silos and the reporting grain are servers with the measured
/// costs.
/// </summary>
/// <param name="isTimed">Whether the time of the product's code counts; without it the simulation is the same on each machine.</param>
internal sealed class AssignmentSimulation(SimulatedCase of, SimulatedCosts costs, Serializer serializer, bool isTimed = true)
{
    private const double Tick = 0.25, Latency = 0.001;

    private sealed class Group(GroupWork work)
    {
        public GroupWork Work => work;
        public GroupState State { get; set; } = GroupState.Starting;
        public double Left { get; set; }
        public double All { get; init; }
        public double StartSeconds { get; set; }
        public bool HasReported { get; set; }
    }

    private sealed class SimulatedSilo(SiloAddress address)
    {
        public SiloAddress Address => address;
        public List<Group> Groups { get; } = [];
        public HashSet<int> Feeds { get; } = [];
        public double UpdatedAt { get; set; }
        public double StarterFreeAt { get; set; }
        public bool HasPlan { get; set; }
        public bool IsLost { get; set; }
        public int Version { get; set; }
    }

    private readonly PriorityQueue<Action, double> _events = new();
    private readonly SimulatedSilo[] _silos = [.. Enumerable.Range(0, of.Silos)
        .Select(i => new SimulatedSilo(SiloAddress.New(new IPEndPoint(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 11111), 1)))];
    private readonly HashSet<int> _open = [.. Enumerable.Range(0, of.Strategies)];
    private readonly Dictionary<SiloAddress, SimulatedSilo> _byAddress = [];
    private AssignmentTable _table = null!;
    private double _now, _control, _reporting, _reporterFreeAt, _repeated;
    private int _groups;
    private long _pollBytes;
    private bool _lookIsDue;

    /// <summary>The row of the table in docs/scale.md.</summary>
    public string Row()
    {
        var run = Run();
        return string.Create(CultureInfo.InvariantCulture, $"| {of.Silos} | {of.Feeds:N0} | {of.Bars:N0} | {run.Groups:N0} | "
            + $"{run.Readings:N0} | {run.Seconds:0} | {run.Ideal:0.0} | {run.Control:0.0} | {run.Reporting:0} | {run.PollBytes / run.Seconds / 1e6:0.0} | "
            + $"{100 * run.Repeated / ((double)of.Strategies * of.Bars):0.0} % |");
    }

    public SimulatedRun Run()
    {
        foreach (var silo in _silos) _byAddress[silo.Address] = silo;
        var ideal = (double)of.Strategies * of.Bars * costs.Evaluation / (of.Silos * of.Threads);
        _control = Timed(() => _table = new AssignmentTable(Remaining(), of.Silos, TimeProvider.System, new GrainIds()));
        if (of.EvictAt is { } part) At(part * ideal, () => Lose(_silos[0]));
        At(0, OnTick);
        while (_open.Count > 0)
        {
            if (!_events.TryDequeue(out var next, out var at)) throw new InvalidOperationException("the simulated batch does not end");
            _now = Math.Max(_now, at);
            next();
        }
        return new SimulatedRun(_now, ideal, _control, _reporting, _groups, _silos.Sum(s => s.Feeds.Count), _pollBytes, _repeated);
    }

    private void At(double time, Action what) => _events.Enqueue(what, time);

    // The work without stored outcomes, as the reporting grain answers it.
    private PassWork Remaining()
    {
        var each = of.Strategies / of.Feeds;
        var feeds = Enumerable.Range(0, of.Feeds).Select(f =>
            new FeedWork(f, [$"S{f}"], "1h", ["hash"], of.Bars, [.. Enumerable.Range(f * each, each).Where(_open.Contains)]));
        return new PassWork(new PassKey("r"), Guid.Empty, [.. feeds.Where(f => f.Strategies.Length > 0)], of.Strategies,
            WithEvents: false, WithFactors: false, [], []);
    }

    private double Timed(Action what)
    {
        var began = Stopwatch.GetTimestamp();
        what();
        return isTimed ? Stopwatch.GetElapsedTime(began).TotalSeconds : 0;
    }

    // The batch's grain asks all silos, reads their answers and assigns.
    private void OnTick()
    {
        var spent = 0.0;
        foreach (var silo in _silos)
            if (!silo.IsLost)
                spent += Answer(silo);
        spent += Look();
        At(Math.Max(_now + Tick, _now + spent), OnTick);
    }

    private double Answer(SimulatedSilo silo)
    {
        Advance(silo);
        var status = new ComputeStatus(of.Threads, false, [.. silo.Groups.Select(g => new GroupStatus(g.Work.Id, g.Work.Pass, g.Work.Feed,
            g.State, g.Work.Strategies, (long)(g.All - g.Left), (long)((g.All - g.Left) / g.Work.Strategies.Length), null, false,
            g.StartSeconds))]);
        var bytes = serializer.SerializeToArray(status);
        _pollBytes += bytes.Length;
        var spent = Timed(() =>
        {
            var over = _table.Seen(silo.Address, serializer.Deserialize<ComputeStatus>(bytes)!, Ticks(_now), out _);
            silo.Groups.RemoveAll(g => over.Contains(g.Work.Id));
        });
        _control += spent;
        return spent;
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency) + 1;

    private double Look()
    {
        List<(SiloAddress Silo, GroupWork Work)> assigned = [];
        var spent = Timed(() =>
        {
            if (_table.HasInterrupted) _table.Resume(Remaining());
            var open = _silos.Where(s => !s.IsLost).ToDictionary(s => s.Address, _ => of.Threads);
            assigned = _table.Assign("run", open, Ticks(_now));
            _ = _table.Groups;
            if (_table.Relief(open, Ticks(_now)) is { } relief) GiveUp(relief.From, relief.Group, relief.Most);
        });
        _control += spent;
        foreach (var (address, work) in assigned)
            At(_now + spent + Latency, () => Start(_byAddress[address], work));
        return spent;
    }

    // Whole groups of fifty from the end, as FeedExecution gives them up.
    private void GiveUp(SiloAddress from, Guid id, int most)
    {
        var silo = _byAddress[from];
        Advance(silo);
        if (silo.Groups.Find(g => g.Work.Id == id) is not { State: GroupState.Running, HasReported: false } group) return;
        var given = group.Work.Strategies[^(most / 50 * 50)..];
        _table.GivenUp(id, given);
        silo.Groups.Remove(group);
        var kept = group.Work with { Strategies = group.Work.Strategies[..^given.Length] };
        var part = (double)kept.Strategies.Length / group.Work.Strategies.Length;
        silo.Groups.Add(new Group(kept)
        {
            State = GroupState.Running,
            All = group.All * part,
            Left = group.Left * part,
            StartSeconds = group.StartSeconds,
        });
        _repeated += (group.All - group.Left) * (1 - part);
        Schedule(silo);
    }

    private void Start(SimulatedSilo silo, GroupWork work)
    {
        if (silo.IsLost) return;
        var all = (double)work.Strategies.Length * of.Bars;
        var group = new Group(work) { All = all, Left = all };
        Advance(silo);
        silo.Groups.Add(group);
        _groups++;
        _table.Started(work.Id, Ticks(_now));
        // The first group makes the plan; the starts of a silo share a processor.
        var opens = silo.Feeds.Add(work.Feed);
        var cost = (silo.HasPlan ? 0 : of.Strategies * costs.Planned) + (opens ? costs.Opened : 0);
        silo.HasPlan = true;
        silo.StarterFreeAt = Math.Max(silo.StarterFreeAt, _now) + cost;
        group.StartSeconds = silo.StarterFreeAt - _now;
        At(silo.StarterFreeAt, () =>
        {
            if (silo.IsLost) return;
            Advance(silo);
            group.State = GroupState.Running;
            Schedule(silo);
        });
    }

    private static IEnumerable<Group> Running(SimulatedSilo silo) =>
        silo.Groups.Where(g => g is { State: GroupState.Running, HasReported: false });

    // The threads of a silo share its running groups equally.
    private double RateOf(SimulatedSilo silo) => of.Threads / costs.Evaluation / Math.Max(1, Running(silo).Count());

    private void Advance(SimulatedSilo silo)
    {
        var done = RateOf(silo) * (_now - silo.UpdatedAt);
        foreach (var group in Running(silo).ToList()) group.Left = Math.Max(0, group.Left - done);
        silo.UpdatedAt = _now;
    }

    private void Schedule(SimulatedSilo silo)
    {
        var version = ++silo.Version;
        if (!Running(silo).Any()) return;
        At(_now + Running(silo).Min(g => g.Left) / RateOf(silo), () =>
        {
            if (silo.IsLost || silo.Version != version) return;
            var least = Running(silo).MinBy(g => g.Left)!;
            Advance(silo);
            (least.Left, least.HasReported) = (0, true);
            Deliver(silo, least);
            Schedule(silo);
        });
    }

    // The reporting grain takes one report after the other.
    private void Deliver(SimulatedSilo silo, Group group)
    {
        var cost = group.Work.Strategies.Length * costs.Reported;
        _reporting += cost;
        _reporterFreeAt = Math.Max(_reporterFreeAt, _now) + cost;
        At(_reporterFreeAt, () =>
        {
            if (silo.IsLost) return;
            foreach (var strategy in group.Work.Strategies) _open.Remove(strategy);
            group.State = GroupState.Done;
            Poke(silo);
        });
    }

    private void Poke(SimulatedSilo silo)
    {
        if (_lookIsDue) return;
        _lookIsDue = true;
        At(_now + Latency, () =>
        {
            _lookIsDue = false;
            foreach (var other in _silos)
                if (!other.IsLost && (other == silo || other.Groups.Exists(g => g.State == GroupState.Done)))
                    Answer(other);
            Look();
        });
    }

    private void Lose(SimulatedSilo silo)
    {
        Advance(silo);
        silo.IsLost = true;
        _repeated += silo.Groups.Where(g => g.State == GroupState.Running).Sum(g => g.All - g.Left);
        // Another silo notices it after the failure timeout.
        At(_now + 3, () => _table.Lost(silo.Address, dead: true));
    }
}
