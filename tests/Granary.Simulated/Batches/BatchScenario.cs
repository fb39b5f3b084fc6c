using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Batches;
using Granary.Cluster.Grains.Services;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulated.Kernel;
using Granary.Simulated.Silos;
using Granary.Simulation.Json;
using Orleans.Runtime;

namespace Granary.Simulated.Batches;

/// <summary>
/// Batches on silos, with the product's grains: silos are killed, stalled, cut off and started again, calls and blocks are lost, the
/// database fails, and a client submits, looks, cancels and resumes.
/// </summary>
internal sealed class BatchScenario : IScenario
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMinutes(10);

    public string Name => "batches";

    public int Share => 2;

    public TimeSpan Limit => TimeSpan.FromHours(2);

    public void Prepare() => _ = BatchFixture.All;

    public async Task RunAsync(World world)
    {
        var fixture = BatchFixture.All;
        var runs = Path.Combine(fixture.Runs, "seed");
        if (Directory.Exists(runs)) Directory.Delete(runs, recursive: true);
        Directory.CreateDirectory(runs);
        Watcher.Watched.Begin();
        SimulatedInstruments.Recovered.Begin();
        var draws = world.Draws.Fork("batches");
        var batch = draws.Pick(fixture.Batches);
        var settings = new GrainSettings
        {
            Runs = runs,
            Threads = draws.Between(1, 2),
            BlockSize = draws.Pick([16, 32, 64]),
            BarsAhead = 64,
            ChecksSpreadFrom = 0,
        };
        var cluster = new SiloCluster(world, new SiloFaults(world.Draws.Fork("rates")), (own, number) =>
            new SimulatedSilo(own, number, settings, fixture.Catalogues, fixture.Kinds));
        for (var i = draws.Between(2, 3); i > 0; i--) cluster.Start();
        var until = draws.Between(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(90));
        world.After(until, world.Outside, "faults are over", () => world.Faults.AreOver = true);
        cluster.Read = (silo, id, before, now) => CheckWriter(world, Path.Combine(runs, id.Key.ToString()!), before, now);
        var client = new BatchClient(cluster, batch, draws);
        var ended = await client.RunAsync(until + s_rest).ConfigureAwait(false);
        CheckEnd(world, batch, ended, client);
        CheckWork(world, cluster, batch);
        // A cancelled run still writes what it has.
        if (ended.State == JobState.Done) await CheckFilesAsync(world, Path.Combine(runs, ended.Id)).ConfigureAwait(false);
    }

    private static void CheckEnd(World world, KnownBatch batch, JobStatus ended, BatchClient client)
    {
        Oracle.Demand(Watcher.Watched.Faults.Count == 0, "blocks complete and in order",
            $"{string.Join("; ", Watcher.Watched.Faults.Take(3))}");
        if (ended.State == JobState.Cancelled)
        {
            Oracle.Demand(client.HasCancelled, "accepted jobs end", $"no client cancelled it");
            return;
        }
        if (ended.State == JobState.Failed)
        {
            Oracle.Demand(world.Faults.Happened.Count > 0 && IsOfFaults(ended.Fault), "accepted jobs end",
                $"it failed: {ended.Fault}");
            return;
        }
        Oracle.Demand(ended.Digest == batch.Digest && ended.Trades == batch.Trades, "results equal the undisturbed run",
            $"{ended.Digest}, {ended.Trades} trades, and not {batch.Digest}, {batch.Trades}");
        var counts = ended.Progress;
        Oracle.Demand((counts.Strategies, counts.Done, counts.Failed) == (batch.Strategies, batch.Strategies, 0),
            "each strategy is reported once", $"{ended.Progress.Done} of {ended.Progress.Strategies}, {ended.Progress.Failed} failed");
    }

    // Many losses in a row end a job, with a sentence.
    private static bool IsOfFaults(string? fault) => fault is not null
        && (fault.Contains("silos ended one after another", StringComparison.Ordinal)
            || fault.Contains("times in a row", StringComparison.Ordinal)
            || fault.Contains("does not answer", StringComparison.Ordinal));

    private static void CheckWork(World world, SiloCluster cluster, KnownBatch batch)
    {
        if (world.Faults.Happened.Count > 0) return;
        var again = cluster.Orders.Where(o => o.Value > 1).ToList();
        Oracle.Demand(again.Count == 0 && SimulatedInstruments.Recovered.Count == 0, "no work is repeated without faults",
            $"{again.Count} strategies of {batch.Strategies} began again");
    }

    // An attempt that reads the number of a later one writes nothing. What it writes before the next event is its own.
    private static void CheckWriter(World world, string folder, object before, object now)
    {
        if (before is not AttemptRecord { Newest: > 0 } own || now is not AttemptRecord newest || newest.Newest <= own.Newest) return;
        var files = FilesOf(folder);
        world.Say("", $"attempt {own.Newest} finds attempt {newest.Newest}");
        world.After(TimeSpan.Zero, world.Outside, "looks at the files", () => Oracle.Demand(files == FilesOf(folder),
            "only the newest attempt writes", $"attempt {own.Newest} wrote after attempt {newest.Newest} had begun"));
    }

    // An old attempt that goes on would write them again.
    private static async Task CheckFilesAsync(World world, string folder)
    {
        var before = FilesOf(folder);
        await world.Outside.WaitAsync(TimeSpan.FromSeconds(70), "waits for old attempts").ConfigureAwait(false);
        Oracle.Demand(before == FilesOf(folder), "only the newest attempt writes", $"the files of an ended run changed");
    }

    private static string FilesOf(string folder) => !Directory.Exists(folder) ? "" : string.Join(", ",
        new DirectoryInfo(folder).EnumerateFiles().Where(f => !f.Name.StartsWith('.'))
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => $"{f.Name} {f.Length} {f.LastWriteTimeUtc.Ticks}"));
}

/// <summary>A user of the cluster: submits a job twice with one key, looks at it, and may cancel and resume it.</summary>
internal sealed class BatchClient(SiloCluster cluster, KnownBatch batch, Draws draws)
{
    private readonly ClusterJobs _jobs = new(cluster.Client, cluster.Client.Process.Clock,
        ids: new ClientIds(cluster.World.Draws.Fork("client")));
    private JobStatus? _seen;

    public bool HasCancelled { get; private set; }

    /// <summary>Runs the job to its end.</summary>
    /// <param name="limit">The job must have ended by then.</param>
    public async Task<JobStatus> RunAsync(TimeSpan limit)
    {
        var world = cluster.World;
        var submission = new JobSubmission(batch.Job, "Anna", "the key");
        var receipt = await TryAsync(limit, "submit", () => _jobs.SubmitAsync(submission).AsTask()).ConfigureAwait(false);
        var id = receipt.Job.Id;
        var (again, watches) = (draws.Chance(0.3), draws.Chance(0.5));
        TimeSpan? cancelAt = draws.Chance(0.15)
            ? TimeSpan.FromTicks(world.Now) + draws.Between(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(20)) : null;
        while (true)
        {
            if (again)
            {
                again = false;
                var second = await TryAsync(limit, "submit again", () => _jobs.SubmitAsync(submission).AsTask()).ConfigureAwait(false);
                Oracle.Demand(second.Job.Id == id && !second.Created, "a key is one job", $"{second.Job.Id} beside {id}");
            }
            if (cancelAt < TimeSpan.FromTicks(world.Now))
            {
                cancelAt = null;
                HasCancelled = true;
                Look(await TryAsync(limit, "cancel", () => _jobs.CancelAsync(id).AsTask()).ConfigureAwait(false), id);
            }
            else
            {
                Look(await TryAsync(limit, "look", () => watches ? WatchAsync(id) : _jobs.FindAsync(id).AsTask())
                    .ConfigureAwait(false), id);
            }
            if (_seen!.Ended) return await StaysAsync(limit, id).ConfigureAwait(false);
            await world.Outside.WaitAsync(draws.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2)), "waits")
                .ConfigureAwait(false);
        }
    }

    // The next status, as soon as callers can see it.
    private async Task<JobStatus?> WatchAsync(string id)
    {
        await foreach (var status in _jobs.WatchAsync(id).ConfigureAwait(false))
            if (status.Ended || _seen is null || status.Revision > _seen.Revision) return status;
        return _seen;
    }

    // An end that callers have seen is stored: no activation forgets it.
    private async Task<JobStatus> StaysAsync(TimeSpan limit, string id)
    {
        for (var i = 0; i < 3; i++)
        {
            cluster.Collect(id);
            await cluster.World.Outside.WaitAsync(draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(40)), "waits")
                .ConfigureAwait(false);
            Look(await TryAsync(limit + TimeSpan.FromMinutes(5), "look", () => _jobs.FindAsync(id).AsTask()).ConfigureAwait(false), id);
        }
        return _seen!;
    }

    private void Look(JobStatus? now, string id)
    {
        Oracle.Demand(now is not null, "accepted jobs end", $"{id} is unknown");
        if (_seen is { } before)
        {
            Oracle.Demand(!before.Ended || now!.State == before.State && now.Digest == before.Digest, "ends never return",
                $"{before.State} became {now!.State}");
            Oracle.Demand(now!.Progress.Done >= before.Progress.Done && now.Progress.Failed >= before.Progress.Failed
                && now.Progress.Strategies >= before.Progress.Strategies, "counts never go back",
                $"{before.Progress.Done}/{before.Progress.Strategies} became {now.Progress.Done}/{now.Progress.Strategies}");
            Oracle.Demand(now.Progress.Leaders is not { } leaders || leaders.Select(l => l.Id).Distinct().Count() == leaders.Count,
                "each strategy is reported once", $"a strategy leads twice");
            Oracle.Demand(now.Revision >= before.Revision, "counts never go back", $"revision {before.Revision} became {now.Revision}");
        }
        _seen = now;
    }

    // Until it answers: the client's own patience is longer than any fault.
    private async Task<T> TryAsync<T>(TimeSpan limit, string what, Func<Task<T>> call)
    {
        while (true)
        {
            Oracle.Demand(TimeSpan.FromTicks(cluster.World.Now) < limit, "comes to rest",
                $"'{what}' has not ended 10 minutes after the last fault, state {_seen?.State}, stage {_seen?.Progress.Stage}");
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception e) when (e is ServiceUnavailableException or OrleansException)
            {
                cluster.World.Say("client", $"{what} failed: {e.Message}");
            }
            await cluster.World.Outside.WaitAsync(TimeSpan.FromSeconds(1), "waits").ConfigureAwait(false);
        }
    }

    private sealed class ClientIds(Draws draws) : GrainIds
    {
        public override Guid Next() => draws.Guid();
    }
}
