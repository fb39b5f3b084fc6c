using System.Runtime.CompilerServices;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>What a server keeps in memory of jobs that have ended.</summary>
public class RetainedMemoryTests
{
    // Each job as the server read it, and 8 MB that its run used.
    private sealed class LargeRunner : IJobRunner
    {
        public List<WeakReference> Used { get; } = [];

        public Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
            CancellationToken cancellationToken = default)
        {
            var block = new byte[8 << 20];
            lock (Used) Used.AddRange([new WeakReference(job), new WeakReference(job.Text), new WeakReference(job.Text.Body),
                new WeakReference(block)]);
            progress(JobProgress.None with { Strategies = block.Length, Stage = "large" });
            return Task.FromResult(new JobOutcome("d1935", 0, 0.1, 1, 0));
        }
    }

    [Fact]
    public async Task A_job_that_has_ended_leaves_its_text_and_its_work_on_disk_only()
    {
        var runner = new LargeRunner();
        await using var server = await ApiServer.StartAsync(host: runner);
        var first = await server.SubmitAsync(key: "first");
        await server.UntilAsync(first.Id, s => s.State == JobState.Done);
        // The worker's own frame ends with the next job.
        var second = await server.SubmitAsync();
        await server.UntilAsync(second.Id, s => s.State == JobState.Done);

        await Eventually.HoldsAsync(() => AreCollected(runner.Used.Take(4)));
        var again = await server.SubmitAsync(key: "first");
        again.Id.ShouldBe(first.Id, "the text on disk identifies a repeated submission");
        (await server.Client.GetStringAsync($"/api/v1/batches/{first.Id}")).ShouldContain("\"done\"");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AreCollected(IEnumerable<WeakReference> references)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return references.All(r => !r.IsAlive);
    }
}
