using System.Diagnostics;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Compute;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// Who runs what of one pass: feeds cut into cohorts, cohorts given to silos a few at a time, those that were lost given out again. Pure bookkeeping:
/// it is told what is, and says what is to be done.
/// </summary>
internal sealed class CohortLedger
{
    // A cohort that was lost so often is cut in two, to find the strategy that takes silos down with it.
    private const int LossesBeforeCut = 2, LossesOfOne = 3;

    private readonly PassOrder _pass;
    private readonly List<Work> _waiting = [];
    private readonly Dictionary<Guid, Given> _given = [];

    /// <param name="Losses">How often it was lost.</param>
    private sealed record Work(FeedWork Feed, int[] Strategies, int Losses)
    {
        public long Cost => Math.Max(1, Feed.Bars) * Strategies.Length;
    }

    private sealed class Given(Work work, SiloAddress silo)
    {
        public Work Work { get; set; } = work;

        public SiloAddress Silo => silo;

        /// <summary>When the silo had taken the order, in ticks of the clock that polls are timed by; null while it is not known.</summary>
        public long? StartedAt { get; set; }

        public CohortStatus? Seen { get; set; }

        public long Left => Work.Cost - (Seen?.Evaluations ?? 0);
    }

    /// <param name="silos">How many share the work.</param>
    public CohortLedger(PassOrder pass, int silos)
    {
        _pass = pass;
        foreach (var feed in pass.Work) _waiting.AddRange(Cut(feed, pass.Work.Count, Math.Max(1, silos)).Select(s => new Work(feed, s, 0)));
        Sort();
    }

    public PassOrder Pass => _pass;

    /// <summary>Strategies of cohorts whose results were taken.</summary>
    public int Done { get; private set; }

    /// <summary>Bars times strategies so far.</summary>
    public long Evaluations => _finished + _given.Values.Sum(g => g.Seen?.Evaluations ?? 0);

    public bool IsEmpty => _waiting.Count == 0 && _given.Count == 0;

    /// <summary>Feeds that no cohort needs any more.</summary>
    public IEnumerable<FeedWork> IdleFeeds => _pass.Work.Where(f => _waiting.All(w => w.Feed != f) && _given.Values.All(g => g.Work.Feed != f));

    private long _finished;

    // Strategies of a feed stay together, since they share its blocks and factors, unless there are too few feeds to keep all silos busy.
    private static IEnumerable<int[]> Cut(FeedWork feed, int feeds, int silos)
    {
        var groups = (feed.Strategies.Length + RunGroup.Size - 1) / RunGroup.Size;
        var pieces = feeds >= 4 * silos ? 1 : Math.Min(silos, groups);
        // Whole groups, dealt in turns: neighbours in a grid cost about the same, its two ends do not.
        for (var p = 0; p < pieces; p++)
            yield return [.. feed.Strategies.Chunk(RunGroup.Size).Where((_, group) => group % pieces == p).SelectMany(g => g)];
    }

    private void Sort() => _waiting.Sort((a, b) => b.Cost.CompareTo(a.Cost));

    /// <summary>Cohorts of the pass that run already, started before this activation: they are gone on with rather than started again.</summary>
    public void Adopt(SiloAddress silo, IReadOnlyList<CohortStatus> statuses)
    {
        foreach (var status in statuses)
        {
            if (status.Pass != _pass.Key || status.State == CohortState.Failed || _given.ContainsKey(status.Id)) continue;
            var at = _waiting.FindIndex(w => w.Feed.Feed == status.Feed && w.Strategies.Intersect(status.Strategies).Any());
            if (at < 0) continue;
            // What it does not run of its feed waits for another.
            var feed = _waiting[at].Feed;
            var left = _waiting.Where(w => w.Feed == feed).SelectMany(w => w.Strategies).Order().ToArray();
            _waiting.RemoveAll(w => w.Feed == feed);
            int[] own = [.. status.Strategies.Intersect(left).Order()];
            int[] rest = [.. left.Except(own)];
            if (rest.Length > 0) _waiting.Add(new Work(feed, rest, 0));
            _given[status.Id] = new Given(new Work(feed, own, 0), silo) { StartedAt = 0, Seen = status };
        }
        Sort();
    }

    /// <summary>What a silo says of its cohorts.</summary>
    /// <param name="askedAt">When it was asked: what it was given after that it cannot speak of.</param>
    /// <param name="fault">Why the batch cannot go on: one sentence; null where it can.</param>
    /// <returns>Cohorts that it need not keep: their end is known, or others run their strategies.</returns>
    public List<Guid> Seen(SiloAddress silo, IReadOnlyList<CohortStatus> statuses, long askedAt, out int lost, out string? fault)
    {
        (lost, fault) = (0, null);
        var over = new List<Guid>();
        var here = statuses.ToDictionary(s => s.Id);
        foreach (var status in statuses)
        {
            if (!_given.TryGetValue(status.Id, out var given))
            {
                over.Add(status.Id);
                continue;
            }
            given.Seen = status;
            given.StartedAt ??= askedAt;
            if (status.State is not (CohortState.Done or CohortState.Failed)) continue;
            over.Add(status.Id);
            _given.Remove(status.Id);
            if (status.State == CohortState.Done)
            {
                Done += given.Work.Strategies.Length;
                _finished += status.Evaluations;
            }
            else if (!status.MayPass || given.Work.Losses > 20)
            {
                fault ??= status.Fault;
            }
            else
            {
                // It failed, but did not take its silo with it.
                lost++;
                _waiting.Add(given.Work);
            }
        }
        foreach (var (id, given) in _given.Where(g => g.Value.Silo.Equals(silo) && g.Value.StartedAt < askedAt && !here.ContainsKey(g.Key)).ToList())
        {
            lost++;
            Lose(id, given, dead: false);
        }
        return over;
    }

    /// <summary>A silo is gone, or does not answer.</summary>
    /// <param name="dead">It is gone for certain.</param>
    /// <returns>Cohorts that have to be run again.</returns>
    public int Lost(SiloAddress silo, bool dead)
    {
        var gone = _given.Where(g => g.Value.Silo.Equals(silo)).ToList();
        foreach (var (id, given) in gone) Lose(id, given, dead);
        return gone.Count;
    }

    private void Lose(Guid id, Given given, bool dead)
    {
        _given.Remove(id);
        var work = given.Work with { Losses = given.Work.Losses + (dead ? 1 : 0) };
        if (work.Losses > LossesBeforeCut && work.Strategies.Length > 1)
        {
            var half = work.Strategies.Length / 2;
            _waiting.Add(work with { Strategies = work.Strategies[..half], Losses = LossesBeforeCut });
            _waiting.Add(work with { Strategies = work.Strategies[half..], Losses = LossesBeforeCut });
        }
        else
        {
            _waiting.Add(work);
        }
        Sort();
    }

    /// <summary>Strategies that ran alone and lost their silo each time.</summary>
    public List<int> TakeDeadly()
    {
        var deadly = _waiting.Where(w => w.Strategies.Length == 1 && w.Losses > LossesBeforeCut + LossesOfOne).ToList();
        foreach (var work in deadly) _waiting.Remove(work);
        Done += deadly.Count;
        return [.. deadly.Select(w => w.Strategies[0])];
    }

    public IEnumerable<SiloAddress> BusySilos => _given.Values.Select(g => g.Silo).Distinct();

    /// <summary>Gives waiting cohorts to silos that have room.</summary>
    /// <param name="silos">Those that take work, and their threads.</param>
    public List<(SiloAddress Silo, CohortOrder Order)> Assign(string run, IReadOnlyDictionary<SiloAddress, int> silos)
    {
        var orders = new List<(SiloAddress, CohortOrder)>();
        for (var i = 0; i < _waiting.Count;)
        {
            var work = _waiting[i];
            // One more than it has threads: while the last cohort ends, the next one opens its feed.
            var silo = silos.Where(s => _given.Values.Count(g => g.Silo.Equals(s.Key)) <= s.Value)
                .OrderBy(s => _given.Values.Where(g => g.Silo.Equals(s.Key)).Sum(g => g.Left) / (double)s.Value)
                .ThenBy(s => s.Key.ToParsableString(), StringComparer.Ordinal)
                .Select(s => s.Key).FirstOrDefault();
            if (silo is null) break;
            _waiting.RemoveAt(i);
            var order = new CohortOrder(Guid.NewGuid(), run, _pass.Key, work.Feed.Feed, work.Strategies, _pass.WithEvents, _pass.WithFactors, work.Feed.Hashes,
                [.. _pass.Models.Select(m => m with { Strategies = [.. m.Strategies.Intersect(work.Strategies)] }).Where(m => m.Strategies.Length > 0)], _pass.Changes, _pass.Stressed, work.Feed.HasEnded);
            _given[order.Id] = new Given(work, silo);
            orders.Add((silo, order));
        }
        return orders;
    }

    /// <summary>The silo has taken an order.</summary>
    public void Started(Guid cohort, long at)
    {
        if (_given.TryGetValue(cohort, out var given)) given.StartedAt = at;
    }

    /// <summary>The silo did not take it: it waits for another.</summary>
    public void NotStarted(Guid cohort)
    {
        if (!_given.Remove(cohort, out var given)) return;
        _waiting.Add(given.Work);
        Sort();
    }

    /// <summary>A silo with nothing to do while others have much: strategies that it could run from their first bar and still be through sooner.</summary>
    /// <param name="now">In ticks of the clock that polls are timed by.</param>
    public (SiloAddress From, Guid Cohort, int Most)? Relief(IReadOnlyDictionary<SiloAddress, int> silos, long now)
    {
        if (_waiting.Count > 0 || !silos.Keys.Any(s => _given.Values.All(g => !g.Silo.Equals(s)))) return null;
        var heaviest = _given.Where(g => g.Value.Seen is { State: CohortState.Running } && g.Value.Work.Strategies.Length >= 2 * RunGroup.Size).OrderByDescending(g => g.Value.Left).FirstOrDefault();
        if (heaviest.Value is not { StartedAt: { } started } given) return null;
        // With a share p of the bars walked, n strategies here and m moved need max((n−m)(1−p), m): equal at m = n(1−p)/(2−p).
        var p = given.Seen!.Bars / (double)Math.Max(1, given.Work.Feed.Bars);
        var most = (int)(given.Work.Strategies.Length * (1 - p) / (2 - p));
        if (p is 0 or > 0.7 || most < RunGroup.Size) return null;
        // To begin anew costs as much as it did here; what would be over by then is left where it is.
        var walked = Stopwatch.GetElapsedTime(started, now).TotalSeconds - given.Seen.StartSeconds;
        return walked * (1 - p) / p > Math.Max(1, 2 * given.Seen.StartSeconds) ? (given.Silo, heaviest.Key, most) : null;
    }

    /// <summary>Strategies were given up by a cohort and wait for another silo.</summary>
    public void GivenUp(Guid cohort, int[] strategies)
    {
        if (strategies.Length == 0 || !_given.TryGetValue(cohort, out var given)) return;
        given.Work = given.Work with { Strategies = [.. given.Work.Strategies.Except(strategies)] };
        _waiting.Add(given.Work with { Strategies = strategies });
    }
}
