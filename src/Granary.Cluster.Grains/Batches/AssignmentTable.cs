using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Simulation.Passes;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// The assignment table of one pass: it cuts feeds into strategy groups, assigns them to silos a few at a time, and reschedules those that
/// were interrupted, without the strategies whose outcomes are stored. It has no I/O; <see cref="PassControl"/> reports events and carries
/// out the assignments.
/// </summary>
internal sealed class AssignmentTable
{
    // A group that was lost this often is halved, to isolate the strategy that crashes silos.
    private const int LossesBeforeCut = 2, LossesOfOne = 3;

    // Failures after which the batch ends with the fault, and the longest pause before the next attempt: about a minute in all.
    private const int MostFailures = 10;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(250), s_longestPause = TimeSpan.FromSeconds(16);

    private const int PiecesOfSilo = 4;

    // Strategies of a group wait together, at 7 kB each: a silo gets the groups of a large feed in turns.
    private const int MostOfGroup = 10_000;

    private readonly PassWork _pass;
    private readonly TimeProvider _clock;
    private readonly GrainIds _ids;
    private readonly List<Work> _waiting = [];
    private readonly Dictionary<Guid, Given> _given = [];
    private readonly List<Interrupted> _interrupted = [];

    // A group whose silo no longer runs it. It may have reported outcomes before.
    private sealed record Interrupted(Work Work, SiloAddress Silo, bool IsLoss);

    /// <param name="Losses">Number of losses with a silo that ended.</param>
    private sealed record Work(FeedWork Feed, int[] Strategies, int Losses)
    {
        /// <summary>How often it failed on a silo that did not end.</summary>
        public int Failures { get; init; }

        /// <summary>The earliest time of its next attempt, in timestamps of the polls' clock.</summary>
        public long NotBefore { get; init; }

        /// <summary>Returns the work after one more failure.</summary>
        public Work Failed(long now, TimeProvider clock)
        {
            // The first failure is often that of a silo, which another silo does not have.
            var pause = Failures == 0 ? TimeSpan.Zero
                : TimeSpan.FromTicks(Math.Min(s_longestPause.Ticks, s_firstPause.Ticks << Math.Min(Failures - 1, 10)));
            return this with { Failures = Failures + 1, NotBefore = now + (long)(pause.TotalSeconds * clock.TimestampFrequency) };
        }

        public long Cost => Math.Max(1, Feed.Bars) * Strategies.Length;
    }

    private sealed class Given(Work work, SiloAddress silo)
    {
        public Work Work { get; set; } = work;

        public SiloAddress Silo => silo;

        /// <summary>Time at which the silo accepted the group, in ticks of the polls' clock; null if unknown.</summary>
        public long? StartedAt { get; set; }

        public GroupStatus? Seen { get; set; }

        public long Left => Work.Cost - (Seen?.Evaluations ?? 0);
    }

    /// <param name="silos">Number of silos that share the work.</param>
    /// <param name="clock">The polls' clock.</param>
    /// <param name="ids">Makes the ids of the groups.</param>
    public AssignmentTable(PassWork pass, int silos, TimeProvider clock, GrainIds ids)
    {
        (_pass, _clock, _ids) = (pass, clock, ids);
        foreach (var feed in pass.Work) _waiting.AddRange(Cut(feed, pass.Work.Count, Math.Max(1, silos)).Select(s => new Work(feed, s, 0)));
        Sort();
    }

    public PassWork Pass => _pass;

    /// <summary>Number of strategies in groups with stored results.</summary>
    public int Done { get; private set; }

    /// <summary>Bars times strategies so far.</summary>
    public long Evaluations => _finished + _given.Values.Sum(g => g.Seen?.Evaluations ?? 0);

    /// <summary>Number of strategy groups that no silo has.</summary>
    public int Waiting => _waiting.Count + _interrupted.Count;

    /// <summary>Whether no group waits or runs.</summary>
    public bool IsEmpty => Waiting == 0 && _given.Count == 0;

    /// <summary>Whether groups were interrupted, so <see cref="Resume"/> must be called.</summary>
    public bool HasInterrupted => _interrupted.Count > 0;

    /// <summary>Whether the table was empty at every call for at least this time.</summary>
    /// <param name="now">Current time, in ticks of the polls' clock.</param>
    public bool IsEmptyFor(TimeSpan time, long now)
    {
        if (!IsEmpty) _emptySince = null;
        else _emptySince ??= now;
        return _emptySince is { } since && _clock.GetElapsedTime(since, now) >= time;
    }

    private int _doneAtDeath;
    private long _finished;
    private long? _emptySince;

    // Strategies of a feed share its blocks and factors, so they stay together unless there are too few feeds for all silos. Four pieces
    // for each silo balance the load; each further one would open its feed, and read all its bars, on one more silo.
    private static IEnumerable<int[]> Cut(FeedWork feed, int feeds, int silos)
    {
        var groups = (feed.Strategies.Length + FeedExecution.GroupSize - 1) / FeedExecution.GroupSize;
        var pieces = Math.Max(Math.Min(Math.Min(silos, groups), (PiecesOfSilo * silos + feeds - 1) / feeds),
            (feed.Strategies.Length + MostOfGroup - 1) / MostOfGroup);
        // Whole groups, assigned in turns: neighbours in a grid cost about the same, its two ends do not.
        for (var p = 0; p < pieces; p++)
            yield return [.. feed.Strategies.Chunk(FeedExecution.GroupSize).Where((_, group) => group % pieces == p).SelectMany(g => g)];
    }

    private void Sort() => _waiting.Sort((a, b) => b.Cost.CompareTo(a.Cost));

    /// <summary>Adopts groups of the pass that were started before this activation.</summary>
    /// <returns>Number of groups that the silo did not finish because it stops, and that begin again.</returns>
    public int Adopt(SiloAddress silo, ComputeStatus answer)
    {
        var lost = 0;
        foreach (var status in answer.Groups)
        {
            if (status.Pass != _pass.Key || _given.ContainsKey(status.Id)) continue;
            if (status.State == GroupState.Failed)
            {
                if (answer.Leaving && _waiting.Any(w => w.Strategies.Intersect(status.Strategies).Any())) lost++;
                continue;
            }
            if (Take(status.Feed, status.Strategies) is { } own)
                _given[status.Id] = new Given(own, silo) { StartedAt = 0, Seen = status };
        }
        Sort();
        return lost;
    }

    /// <summary>Adopts the groups of an earlier table of the pass that a silo began after its last answer.</summary>
    /// <param name="askedAt">Time of the poll of that answer.</param>
    /// <param name="now">Current time, in ticks of the polls' clock.</param>
    public void Adopt(AssignmentTable earlier, SiloAddress silo, long askedAt, long now)
    {
        if (earlier._pass.Key != _pass.Key) return;
        foreach (var (id, given) in earlier._given.Where(g => g.Value.Silo.Equals(silo) && !(g.Value.StartedAt < askedAt)))
            if (!_given.ContainsKey(id) && Take(given.Work.Feed.Feed, given.Work.Strategies) is { } own)
                _given[id] = new Given(own, silo) { StartedAt = given.StartedAt ?? now };
        Sort();
    }

    // Takes those of a group's strategies that wait; the rest of their feed waits for another silo. Null if none waits.
    private Work? Take(int number, int[] strategies)
    {
        var at = _waiting.FindIndex(w => w.Feed.Feed == number && w.Strategies.Intersect(strategies).Any());
        if (at < 0) return null;
        var feed = _waiting[at].Feed;
        var left = _waiting.Where(w => w.Feed == feed).SelectMany(w => w.Strategies).Order().ToArray();
        _waiting.RemoveAll(w => w.Feed == feed);
        int[] own = [.. strategies.Intersect(left).Order()];
        int[] rest = [.. left.Except(own)];
        if (rest.Length > 0) _waiting.Add(new Work(feed, rest, 0));
        return new Work(feed, own, 0);
    }

    /// <summary>Processes a silo's status of its groups.</summary>
    /// <param name="askedAt">Time of the poll; the status does not cover later orders.</param>
    /// <param name="fault">Why the batch cannot continue, in one sentence; null if it can.</param>
    /// <returns>Groups that the silo can remove: their end is known, or other silos run their strategies.</returns>
    public List<Guid> Seen(SiloAddress silo, ComputeStatus status, long askedAt, out string? fault)
    {
        fault = null;
        var over = new List<Guid>();
        foreach (var group in status.Groups)
        {
            if (!_given.TryGetValue(group.Id, out var given))
            {
                over.Add(group.Id);
                continue;
            }
            given.Seen = group;
            given.StartedAt ??= askedAt;
            if (group.State is not (GroupState.Done or GroupState.Failed)) continue;
            over.Add(group.Id);
            _given.Remove(group.Id);
            if (group.State == GroupState.Done)
            {
                Done += given.Work.Strategies.Length;
                _finished += group.Evaluations;
            }
            else if (!group.MayPass)
            {
                fault ??= group.Fault;
            }
            else if (given.Work.Failed(askedAt, _clock) is var failed && failed.Failures < MostFailures)
            {
                // It failed, but its silo survived.
                _interrupted.Add(new Interrupted(failed, silo, status.Leaving));
            }
            else
            {
                fault ??= $"{group.Fault?.TrimEnd('.')}; strategies of the batch failed with it {MostFailures} times in a row, so the "
                    + "batch ended";
            }
        }
        var here = status.Groups.Select(g => g.Id).ToHashSet();
        foreach (var (id, given) in _given.Where(g => g.Value.Silo.Equals(silo) && g.Value.StartedAt < askedAt && !here.Contains(g.Key))
            .ToList())
            Interrupt(id, given.Work, silo, status.Leaving);
        return over;
    }

    /// <summary>Number of silos with groups of the pass that ended one after another, and no strategy finished meanwhile.</summary>
    public int Deaths { get; private set; }

    /// <summary>Takes the groups from a silo that is lost or does not answer.</summary>
    /// <param name="dead">Whether the silo has certainly ended.</param>
    /// <returns>Number of its groups.</returns>
    public int Lost(SiloAddress silo, bool dead)
    {
        var gone = _given.Where(g => g.Value.Silo.Equals(silo)).ToList();
        foreach (var (id, given) in gone)
            Interrupt(id, dead ? given.Work with { Losses = given.Work.Losses + 1 } : given.Work, silo, isLoss: true);
        if (dead && gone.Count > 0) (Deaths, _doneAtDeath) = (Done == _doneAtDeath ? Deaths + 1 : 1, Done);
        return gone.Count;
    }

    private void Interrupt(Guid id, Work work, SiloAddress silo, bool isLoss)
    {
        _given.Remove(id);
        _interrupted.Add(new Interrupted(work, silo, isLoss));
    }

    /// <summary>
    /// Lets the interrupted groups wait for a silo again, without the strategies whose outcomes are stored. Groups without other strategies
    /// are done.
    /// </summary>
    /// <param name="remaining">The work without outcomes, as of now; the work of a different pass if this one has ended.</param>
    /// <returns>Number of groups that were lost with a silo and begin again.</returns>
    public int Resume(PassWork remaining)
    {
        var open = remaining.Key == _pass.Key ? remaining.Work.SelectMany(w => w.Strategies).ToHashSet() : [];
        var lost = 0;
        foreach (var (work, _, isLoss) in _interrupted)
        {
            int[] left = [.. work.Strategies.Where(open.Contains)];
            var stored = work.Strategies.Length - left.Length;
            Done += stored;
            _finished += work.Feed.Bars * stored;
            if (left.Length == 0) continue;
            if (isLoss) lost++;
            _waiting.AddRange(Halved(work with { Strategies = left }));
        }
        _interrupted.Clear();
        Sort();
        return lost;
    }

    private static IEnumerable<Work> Halved(Work work)
    {
        if (work.Losses <= LossesBeforeCut || work.Strategies.Length == 1) return [work];
        var half = work.Strategies.Length / 2;
        return [work with { Strategies = work.Strategies[..half], Losses = LossesBeforeCut },
            work with { Strategies = work.Strategies[half..], Losses = LossesBeforeCut }];
    }

    /// <summary>Strategies that crashed their silo each time they ran alone.</summary>
    public List<int> TakeDeadly()
    {
        var deadly = _waiting.Where(w => w.Strategies.Length == 1 && w.Losses > LossesBeforeCut + LossesOfOne).ToList();
        foreach (var work in deadly) _waiting.Remove(work);
        Done += deadly.Count;
        return [.. deadly.Select(w => w.Strategies[0])];
    }

    public IEnumerable<SiloAddress> BusySilos => _given.Values.Select(g => g.Silo).Distinct();

    /// <summary>Number of groups of each silo, with those that were lost with it and have not begun again.</summary>
    public Dictionary<SiloAddress, int> Groups => _given.Values.Select(g => g.Silo)
        .Concat(_interrupted.Where(i => i.IsLoss).Select(i => i.Silo)).GroupBy(s => s).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>Number of a silo's groups that are not done, with those that were lost with it and have not begun again.</summary>
    /// <param name="groups">The silo's groups, as of now.</param>
    public int LeftOf(SiloAddress silo, IReadOnlyList<GroupStatus> groups)
    {
        var done = groups.Where(g => g.State == GroupState.Done).Select(g => g.Id).ToHashSet();
        return _given.Count(g => g.Value.Silo.Equals(silo) && !done.Contains(g.Key))
            + _interrupted.Count(i => i.IsLoss && i.Silo.Equals(silo));
    }

    /// <summary>Assigns waiting groups to silos with room.</summary>
    /// <param name="silos">Silos that accept work, with their threads.</param>
    /// <param name="now">Current time, in ticks of the polls' clock; groups that failed wait for their time.</param>
    public List<(SiloAddress Silo, GroupWork Work)> Assign(string run, IReadOnlyDictionary<SiloAddress, int> silos, long now)
    {
        var all = new List<(SiloAddress, GroupWork)>();
        var loads = LoadsOf(silos);
        for (var i = 0; i < _waiting.Count;)
        {
            var work = _waiting[i];
            if (work.NotBefore > now)
            {
                i++;
                continue;
            }
            // One group more than the silo has threads: while one group ends, the next one opens its feed.
            var load = loads.Where(l => l.Groups <= l.Threads).MinBy(l => l.Left / (double)l.Threads);
            if (load is null) break;
            var silo = load.Silo;
            (load.Groups, load.Left) = (load.Groups + 1, load.Left + work.Cost);
            _waiting.RemoveAt(i);
            var given = new GroupWork(_ids.Next(), run, _pass.Key, work.Feed.Feed, work.Strategies, _pass.WithEvents,
                _pass.WithFactors, work.Feed.Hashes,
                [.. _pass.Models.Select(m => m with { Strategies = [.. m.Strategies.Intersect(work.Strategies)] })
                    .Where(m => m.Strategies.Length > 0)], _pass.Changes, _pass.Costs, work.Feed.HasEnded,
                Sessions: work.Feed.Sessions, Trials: _pass.Trials, Members: work.Feed.Members, Trace: _pass.Trace);
            _given[given.Id] = new Given(work, silo);
            all.Add((silo, given));
        }
        return all;
    }

    private sealed class Load(SiloAddress silo, int threads)
    {
        public SiloAddress Silo => silo;

        public int Threads => threads;

        public int Groups { get; set; }

        public long Left { get; set; }
    }

    // In the order of their addresses, which decides between silos with the same work.
    private List<Load> LoadsOf(IReadOnlyDictionary<SiloAddress, int> silos)
    {
        var loads = silos.ToDictionary(s => s.Key, s => new Load(s.Key, s.Value));
        foreach (var given in _given.Values)
            if (loads.TryGetValue(given.Silo, out var load))
                (load.Groups, load.Left) = (load.Groups + 1, load.Left + given.Left);
        return [.. loads.Values.OrderBy(l => l.Silo.ToParsableString(), StringComparer.Ordinal)];
    }

    /// <summary>Records that the silo accepted a group.</summary>
    public void Started(Guid group, long at)
    {
        if (_given.TryGetValue(group, out var given)) given.StartedAt = at;
    }

    /// <summary>Records that the silo refused a group, or did not answer: then it may run the group, and report.</summary>
    public void NotStarted(Guid group)
    {
        if (_given.TryGetValue(group, out var given)) Interrupt(group, given.Work, given.Silo, isLoss: false);
    }

    /// <summary>Finds strategies that an idle silo can run from their first bar and finish sooner than their current silo.</summary>
    /// <param name="now">Current time, in ticks of the polls' clock.</param>
    public (SiloAddress From, Guid Group, int Most)? Relief(IReadOnlyDictionary<SiloAddress, int> silos, long now)
    {
        if (Waiting > 0 || BusySilos.ToHashSet() is var busy && silos.Keys.All(busy.Contains)) return null;
        var heaviest = _given.Where(g => g.Value.Seen is { State: GroupState.Running }
            && g.Value.Work.Strategies.Length >= 2 * FeedExecution.GroupSize).OrderByDescending(g => g.Value.Left).FirstOrDefault();
        if (heaviest.Value is not { StartedAt: { } started } given) return null;
        // With a share p of the bars processed, n strategies here and m moved need max((n−m)(1−p), m): equal at m = n(1−p)/(2−p).
        var p = given.Seen!.Bars / (double)Math.Max(1, given.Work.Feed.Bars);
        var most = (int)(given.Work.Strategies.Length * (1 - p) / (2 - p));
        if (p is 0 or > 0.7 || most < FeedExecution.GroupSize) return null;
        // A restart costs as much as the start did here; groups that would end before that stay.
        var processed = _clock.GetElapsedTime(started, now).TotalSeconds - given.Seen.StartSeconds;
        return processed * (1 - p) / p > Math.Max(1, 2 * given.Seen.StartSeconds) ? (given.Silo, heaviest.Key, most) : null;
    }

    /// <summary>Records strategies that a group has released; they wait for another silo.</summary>
    public void GivenUp(Guid group, int[] strategies)
    {
        if (strategies.Length == 0 || !_given.TryGetValue(group, out var given)) return;
        given.Work = given.Work with { Strategies = [.. given.Work.Strategies.Except(strategies)] };
        _waiting.Add(given.Work with { Strategies = strategies });
    }
}
