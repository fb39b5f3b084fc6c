using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Server.Audit;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Silo.Retention;
using Granary.Simulation.Batches;
using Granary.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Runs that ended long ago are removed with all that the cluster keeps of them.</summary>
public sealed class RunRetentionTests(RunRetentionTests.Made made) : IClassFixture<RunRetentionTests.Made>
{
    private readonly TestSilos _cluster = made.Silos;
    private readonly TestBatches _batches = made.Batches;
    private readonly Uses _uses = new();
    private readonly string _audit = $"{Guid.NewGuid():N}.jsonl";

    /// <summary>Silos on which each test leaves no run.</summary>
    public sealed class Made : IAsyncLifetime
    {
        internal TestSilos Silos { get; private set; } = null!;

        internal TestBatches Batches { get; } = new();

        public async ValueTask InitializeAsync() => Silos = await TestSilos.StartAsync(2, s => s with { BlockSize = 16 });

        public async ValueTask DisposeAsync()
        {
            if (Silos is not null) await Silos.DisposeAsync();
            Batches.Dispose();
        }
    }

    private string AuditFile => Path.Combine(_cluster.Runs, ".audit", _audit);

    // Runs are kept for a week.
    private RunRetention After(int days)
    {
        var clock = new ManualClock(DateTimeOffset.UtcNow.AddDays(days));
        return new RunRetention(_cluster.Grains, new AuditLog(AuditFile, clock), _uses, _cluster.Runs, TimeSpan.FromDays(7), clock,
            NullLogger<RunRetention>.Instance);
    }

    private async Task<JobReceipt> SubmitAsync(string batch, string key) => await _cluster.Batches.SubmitAsync(new JobSubmission(
        new BacktestJob(new BatchReader(TestCatalogues.All).Read(batch, bindStrategies: false)), "test", key));

    [Fact]
    public async Task A_run_that_ended_long_ago_is_removed_with_its_folder_its_key_and_its_state()
    {
        var stop = TestContext.Current.CancellationToken;
        var old = (await SubmitAsync(_batches.Joined, "once")).Job.Id;
        (await _cluster.EndAsync(old)).State.ShouldBe(JobState.Done);
        var running = await _cluster.SubmitAsync(_batches.Write("endless", """
            { "name": "endless", "data": { "source": "csv:data/1h", "symbols": "*", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1, "milliseconds": 50 } } ] }
            """));
        await _cluster.UntilAsync(running, s => s.State == JobState.Running);
        foreach (var other in (string[])["by-hand", ".removed-" + old])
        {
            var folder = Directory.CreateDirectory(Path.Combine(_cluster.Runs, other));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "results.json"), "{}", stop);
        }

        (await After(days: 6).RemoveAsync(stop)).ShouldBe(0, "it ended less than a week ago");
        (await SubmitAsync(_batches.Joined, "once")).Job.Id.ShouldBe(old, "its key is known");

        // All silos look at the same time.
        (await Task.WhenAll(After(days: 8).RemoveAsync(stop), After(days: 8).RemoveAsync(stop))).Sum().ShouldBe(1);
        Directory.Exists(Path.Combine(_cluster.Runs, old)).ShouldBeFalse();
        Directory.Exists(Path.Combine(_cluster.Runs, ".removed-" + old)).ShouldBeFalse("an earlier removal was cut off");
        Directory.Exists(Path.Combine(_cluster.Runs, "by-hand")).ShouldBeTrue("it is no batch of the cluster");
        (await _cluster.Batches.FindAsync(old, stop)).ShouldBeNull();
        (await _cluster.Batches.ListAsync(new JobQuery(10), stop)).Items.ShouldHaveSingleItem().Id.ShouldBe(running);
        var entry = new AuditLog(AuditFile, TimeProvider.System).Newest(long.MaxValue, 10).ShouldHaveSingleItem();
        (entry.Who, entry.What, entry.Target).ShouldBe((RunRetention.Who, "removeRun", "/jobs/" + old));
        entry.Before!["name"]!.GetValue<string>().ShouldBe("joined");
        entry.After.ShouldBeNull();

        (await _cluster.Batches.CancelAsync(running, stop))!.State.ShouldBe(JobState.Cancelled, "it was running all the time");
        var again = await SubmitAsync(_batches.Joined, "once");
        (again.Created, again.Job.Id == old).ShouldBe((true, false), "the key is new again");
        (await _cluster.EndAsync(again.Job.Id)).Digest.ShouldNotBeNull();
        (await After(days: 8).RemoveAsync(stop)).ShouldBe(2);
    }

    [Fact]
    public async Task A_run_that_is_needed_stays_until_nothing_needs_it()
    {
        var stop = TestContext.Current.CancellationToken;
        var old = (await SubmitAsync(_batches.Joined, "once")).Job.Id;
        await _cluster.EndAsync(old);
        _uses.Needed = old;
        (await After(days: 8).RemoveAsync(stop)).ShouldBe(0);
        Directory.Exists(Path.Combine(_cluster.Runs, old)).ShouldBeTrue();
        (await _cluster.Batches.FindAsync(old, stop)).ShouldNotBeNull();
        File.Exists(AuditFile).ShouldBeFalse("nothing was removed");
        _uses.Needed = null;
        (await After(days: 8).RemoveAsync(stop)).ShouldBe(1);
        Directory.Exists(Path.Combine(_cluster.Runs, old)).ShouldBeFalse();
    }

    // What the API refuses to delete; its own tests make deployments, sessions, links and jobs that need a run.
    private sealed class Uses : IRunUses
    {
        public string? Needed { get; set; }

        public Task<string?> FindAsync(string id, CancellationToken cancellationToken) =>
            Task.FromResult(id == Needed ? $"a link to the run {id} is valid" : null);
    }

    [Fact]
    public async Task A_run_that_left_the_list_is_found_by_its_folder_and_one_that_cannot_be_recorded_stays()
    {
        var stop = TestContext.Current.CancellationToken;
        var old = (await SubmitAsync(_batches.Joined, "once")).Job.Id;
        await _cluster.EndAsync(old);
        await _cluster.Grains.GetGrain<Granary.Cluster.Batches.IJobListGrain>(Granary.Cluster.Batches.IJobListGrain.Key)
            .RemoveAsync(old);

        Directory.CreateDirectory(AuditFile);
        await Should.ThrowAsync<Exception>(() => After(days: 8).RemoveAsync(stop));
        (await _cluster.Batches.FindAsync(old, stop)).ShouldNotBeNull();
        Directory.Delete(AuditFile);
        (await After(days: 8).RemoveAsync(stop)).ShouldBe(1);
        Directory.Exists(Path.Combine(_cluster.Runs, old)).ShouldBeFalse();
    }
}
