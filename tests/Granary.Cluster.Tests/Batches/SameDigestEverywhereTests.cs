using System.Text;
using Granary.Backtesting.Runs;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Engine.Portfolio.Rules;
using Granary.Reporting.Runs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>The batch is the same whatever runs it.</summary>
[Collection<PlainSilos>]
public sealed class SameDigestEverywhereTests(PlainSilos.Cluster shared)
{
    private readonly TestBatches _batches = shared.Batches;

    private string[] All => [_batches.Mixed, _batches.Sweep, _batches.Joined, _batches.Costly];

    [Fact]
    public async Task A_batch_has_the_digest_of_the_embedded_host_on_two_silos()
    {
        foreach (var batch in All) await SameAsync(shared.Silos, batch);
    }

    [LongTheory(nameof(A_batch_has_the_digest_of_the_embedded_host_on_two_silos))]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_batch_has_the_digest_of_the_embedded_host_on_any_number_of_silos(int silos)
    {
        await using var cluster = await TestSilos.StartAsync(silos);
        foreach (var batch in All) await SameAsync(cluster, batch);
    }

    [Fact]
    public async Task The_quickstart_has_the_digest_of_the_embedded_host_on_three_silos()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await SameAsync(cluster, TestBatches.Quickstart);
    }

    [Fact]
    public async Task Blocks_of_one_bar_give_the_same_digest()
    {
        await using var cluster = await TestSilos.StartAsync(2, s => s with { BlockSize = 1 });
        await SameAsync(cluster, _batches.Joined);
    }

    [Fact]
    public async Task Models_that_cap_the_portfolio_and_judge_entries_decide_alike_on_two_silos()
    {
        var embedded = await _batches.EmbeddedAsync(_batches.Capped);
        embedded.Model.Decisions[Decision.PredictedRisk].ShouldBeGreaterThan(10);
        embedded.Model.Decisions[Decision.ModelRefused].ShouldBeGreaterThan(10);
        await SameFilesAsync(_batches.Capped, embedded);
    }

    [Fact]
    public async Task Retrained_versions_decide_and_expire_alike_on_two_silos()
    {
        var embedded = await _batches.EmbeddedAsync(_batches.Retrained);
        var models = embedded.Model.Section<ModelResults>().ShouldNotBeNull();
        models.Versions.Count.ShouldBeGreaterThan(embedded.Model.Strategies.Count);
        models.Versions.Sum(v => v.Refused).ShouldBeGreaterThan(5);
        models.Challengers.ShouldNotBeEmpty();
        await SameFilesAsync(_batches.Retrained, embedded, (cluster, run) => ReplayAsync(cluster, _batches.Retrained, run));
    }

    private static async Task<JobStatus> ReplayAsync(TestSilos cluster, string batch, string run)
    {
        var text = new JobText("replay", Encoding.UTF8.GetBytes(
            $$"""{ "kind": "replay", "modelsOf": "{{run}}", "batch": {{await File.ReadAllTextAsync(batch)}} }"""), batch,
            Path.GetDirectoryName(batch)!);
        var job = KnownJobs.Of(TestCatalogues.All, cluster.Runs).Read(text);
        var replay = await cluster.Batches.SubmitAsync(new JobSubmission(job, "test"));
        return await cluster.EndAsync(replay.Job.Id);
    }

    private async Task SameFilesAsync(string batch, BatchRun embedded, Func<TestSilos, string, Task<JobStatus>>? replay = null)
    {
        var cluster = shared.Silos;
        var status = await cluster.RunAsync(batch);
        await SameFilesAsync(cluster, status, embedded);
        // A replay trains nothing, so it has no predictions of tests.
        if (replay is not null) await SameFilesAsync(cluster, await replay(cluster, status.Id), embedded, "predictions.csv");
    }

    private static async Task SameFilesAsync(TestSilos cluster, JobStatus status, BatchRun embedded, string? without = null)
    {
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        foreach (var file in Directory.EnumerateFiles(embedded.Folder, "*.csv").Where(f => Path.GetFileName(f) != without))
        {
            status.Files.ShouldContain(Path.GetFileName(file));
            (await FileAsync(cluster, status, Path.GetFileName(file)) == await File.ReadAllTextAsync(file))
                .ShouldBeTrue(Path.GetFileName(file));
        }
    }

    private async Task SameAsync(TestSilos cluster, string batch)
    {
        var embedded = await _batches.EmbeddedAsync(batch);
        var status = await cluster.RunAsync(batch);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Progress.Leaders!.Select(l => (l.Id, l.Sharpe)).ShouldBe(embedded.Model.Strategies
            .Where(s => s.Stats is { } stats && double.IsFinite(stats.Sharpe)).Select(s => (s.Id, (double?)s.Stats!.Sharpe))
            .OrderByDescending(s => s.Item2).Take(10));
        var (ours, theirs) = (await FileAsync(cluster, status,
            "results.json"), await File.ReadAllTextAsync(Path.Combine(embedded.Folder, "results.json")));
        if (status.Digest != embedded.Model.Digest) Assert.Fail(FirstDifference(ours, theirs));
        if (ours != theirs) Assert.Fail(FirstDifference(ours, theirs));
        status.Trades.ShouldBe(embedded.Trades);
        status.Progress.Done.ShouldBe(embedded.Model.Strategies.Count);
        foreach (var file in Directory.EnumerateFiles(embedded.Folder, "*.csv"))
        {
            (await FileAsync(cluster, status,
                Path.GetFileName(file)) == await File.ReadAllTextAsync(file)).ShouldBeTrue(Path.GetFileName(file));
        }
    }

    private static async Task<string> FileAsync(TestSilos cluster, JobStatus status, string name)
    {
        await using var copy = (await cluster.Batches.OpenFileAsync(status.Id, name))!;
        using var reader = new StreamReader(copy.Content);
        // The run's name is all that may differ.
        return (await reader.ReadToEndAsync()).Replace(status.Id, status.Name, StringComparison.Ordinal);
    }

    private static string FirstDifference(string cluster, string embedded)
    {
        var (a, b) = (cluster.Split('\n'), embedded.Split('\n'));
        var lines = Enumerable.Range(0, Math.Min(a.Length, b.Length))
            .Where(i => a[i] != b[i] && !a[i].Contains("digest", StringComparison.Ordinal)).Take(10)
            .Select(i => $"line {i + 1}: {a[i].Trim()} on the cluster, {b[i].Trim()} in one process");
        return $"the digests differ; results.json has {a.Length} and {b.Length} lines\n{string.Join('\n', lines)}";
    }
}
