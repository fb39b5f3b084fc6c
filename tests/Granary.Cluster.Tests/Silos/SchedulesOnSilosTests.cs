using System.Text;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Schedules;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Server.Schedules;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Each silo looks at the schedules of the cluster, and each time gives one job.</summary>
[Collection<PlainSilos>]
public sealed class SchedulesOnSilosTests(PlainSilos.Cluster shared)
{
    [Fact]
    public async Task Two_silos_that_look_at_once_submit_one_job_for_each_time()
    {
        var cluster = shared.Silos;
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 22, 1, 0, 0, TimeSpan.Zero));
        var folder = Path.Combine(cluster.Runs, ".schedules");
        var reader = new ScheduleReader(KnownJobs.Of(TestCatalogues.All, cluster.Runs));
        // As each silo makes them: with its own grain factory, and the folder that all share.
        var silos = cluster.Alive.Select(silo => new ScheduleRunner(new ScheduleBook(folder), new ClusterJobs(
            cluster.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<IGrainFactory>(), TimeProvider.System,
            Eventually.Longest), reader, new ScheduleTimes(), clock)).ToList();
        silos.Count.ShouldBe(2);
        var book = new ScheduleBook(folder);
        // Its file does not exist: the job is submitted, and fails.
        book.Set(reader.Read("nightly", Encoding.UTF8.GetBytes("""
            { "cron": "0 2 * * *", "job": { "kind": "import", "files": ["nowhere.csv"], "store": "bars", "symbol": "A" } }
            """), cluster.Runs) with
        { Who = "desk", ChangedAt = clock.GetUtcNow() });

        for (var day = 1; day <= 3; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
            await Task.WhenAll(silos.Concat(silos).Select(s => Task.Run(() => s.RunAsync(TestContext.Current.CancellationToken))));
            var runs = book.Runs("nightly");
            runs.Count.ShouldBe(day);
            runs.ShouldAllBe(r => r.Outcome == ScheduleOutcome.Submitted);
            var jobs = (await cluster.Batches.ListAsync(new JobQuery(10, Kind: "import"))).Items;
            jobs.Select(j => (j.Id, j.SubmittedBy)).ShouldBe(runs.Select(r => (r.Job!, "desk")), ignoreOrder: true);
            await cluster.EndAsync(runs[0].Job!);
        }
    }
}
