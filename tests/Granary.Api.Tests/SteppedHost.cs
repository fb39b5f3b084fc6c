using System.Threading.Channels;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;

namespace Granary.Api.Tests;

/// <summary>
/// A batch host that goes on when the test says so: what the API owes its callers does not depend on what is computed behind it.
/// </summary>
internal sealed class SteppedHost : IJobRunner
{
    private readonly Channel<Func<Task>> _steps = Channel.CreateUnbounded<Func<Task>>();

    /// <summary>Folders of the runs that were begun, in order.</summary>
    public List<string> Begun { get; } = [];

    /// <summary>Whether each of them continued an earlier attempt.</summary>
    public List<bool> Resumed { get; } = [];

    public List<BatchSpec> Specs { get; } = [];

    public void Go() => _steps.Writer.TryWrite(() => Task.CompletedTask);

    public void Throw(Exception exception) => _steps.Writer.TryWrite(() => throw exception);

    public async Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
        CancellationToken cancellationToken = default)
    {
        lock (Begun)
        {
            Begun.Add(folder);
            Resumed.Add(resume);
            Specs.Add(((BacktestJob)job).Spec);
        }
        for (var done = 1; done <= 3; done++)
        {
            await (await _steps.Reader.ReadAsync(cancellationToken))();
            progress(new JobProgress(3, done, 0, done * 1000L));
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "results.json"), "{}", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "trades.csv"), "strategy,symbol\n", cancellationToken);
        return new JobOutcome("cafe", 7, 0.5, 3, 0);
    }
}
