using Granary.Simulation.Json;

namespace Granary.Server.Jobs;

/// <summary>Long work that was submitted, read and checked.</summary>
/// <param name="text">Its text.</param>
/// <param name="name">What it is called; its id begins with it.</param>
public abstract class Job(JobText text, string name)
{
    public JobText Text { get; } = text;

    public string Name { get; } = name;

    /// <summary>Bars times strategies, estimated before any bar is read; 0 for a job that runs no strategies.</summary>
    public virtual double Work => 0;

    /// <summary>Does the work, and writes its files into <see cref="JobRun.Folder"/>.</summary>
    /// <exception cref="InputException">The job or its data cannot be used: one sentence.</exception>
    public abstract Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken);
}

/// <summary>What came out of a job beside its files.</summary>
/// <param name="Digest">Of a run; null for other results.</param>
/// <param name="Trades">Closed trades of all strategies; null where there are none to count.</param>
/// <param name="Seconds">The job's own clock.</param>
/// <param name="Strategies">Strategies that ran.</param>
/// <param name="Failed">Of the strategies, those that failed alone.</param>
public sealed record JobOutcome(string? Digest, long? Trades, double Seconds, int Strategies, int Failed);
