using System.Text;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Server.Tests.Jobs;

/// <summary>A job that was cancelled and is queued again.</summary>
public sealed class ResumedJobsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-resumed-").FullName;

    private static string Batch => $$"""
        { "name": "resumed",
          "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols": "ACME",
            "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8, 10, 12], "slow": [20, 30, 40, 50] },
            "size": { "percentOfEquity": 10 } } ],
          "portfolio": { "weights": "equal" } }
        """;

    [Fact]
    public async Task A_cancelled_batch_computes_only_what_is_missing_and_ends_as_one_that_was_not_cancelled()
    {
        var whole = await RunAsync("whole", resume: false, new EmbeddedHost(1), static _ => { }, default);

        using var cancel = new CancellationTokenSource();
        // Small groups, and cancelled in the call that reports the first of them.
        await Should.ThrowAsync<OperationCanceledException>(() =>
            RunAsync("cancelled", resume: false, new EmbeddedHost(1, 16), _ => cancel.Cancel(), cancel.Token));
        JobProgress? first = null, last = null;
        var resumed = await RunAsync("cancelled", resume: true, new EmbeddedHost(1, 16), p => (first, last) = (first ?? p, p), default);

        resumed.Digest.ShouldBe(whole.Digest);
        resumed.Strategies.ShouldBe(16);
        first!.Leaders!.Count.ShouldBeGreaterThan(0, "what had finished is among the best from the beginning");
        last!.Leaders!.Count.ShouldBe(10);
    }

    private Task<JobOutcome> RunAsync(string name, bool resume, IBatchHost host, Action<JobProgress> progress, CancellationToken stop)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("resumed.json", Encoding.UTF8.GetBytes(Batch), _folder);
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        return new HostedRunner(host, TimeProvider.System, 1, _folder).RunAsync(new BacktestJob(spec), folder, resume, progress, stop);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
