using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine;
using Granary.Reinforcement.Evaluation;
using Granary.Reinforcement.ReferenceTasks;
using Granary.Reinforcement.Training;

namespace Granary.Cli.Reinforcement;

/// <summary>Implements <c>granary reinforce --env</c>: trains on a reference environment with several seeds.</summary>
internal static class ReferenceTraining
{
    private const int Episodes = 100;

    /// <summary>
    /// Trains and evaluates every seed. With a folder, an interrupted training continues from its last checkpoint and gives bit-identical
    /// results.
    /// </summary>
    /// <exception cref="InputException">
    /// The environment is unknown, a number is out of range, or the folder contains another training.
    /// </exception>
    public static ReferenceResult Run(ReferenceRequest request, Action<ReferenceProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var task = Find(request.Environment);
        if (request.Steps < task.Settings.Environments)
            throw new InputException($"--steps {request.Steps} is out of range: {task.Name} steps {task.Settings.Environments} copies at "
                + "a time");
        if (request.Seeds is < 1 or > 10_000) throw new InputException($"--seeds {request.Seeds} is out of range: 1 … 10000");
        if (request.Folder is { } folder) Directory.CreateDirectory(folder);
        // Several seeds share the threads; a single seed uses all of them.
        var (side, within) = request.Seeds >= request.Threads ? (request.Threads, 1) : (1, request.Threads);
        var results = new SeedResult[request.Seeds];
        var (steps, ticks) = (0L, 0L);
        var start = Stopwatch.GetTimestamp();
        using (var team = new ThreadTeam(side))
        {
            team.Run(request.Seeds, i =>
            {
                var done = Train(task, request, request.FirstSeed + i, within, progress, cancellationToken);
                Interlocked.Add(ref steps, done.Steps);
                results[i] = done.Result;
            });
        }
        ticks = Stopwatch.GetTimestamp() - start;
        var digest = string.Concat(results.Select(r => r.Digest));
        return new ReferenceResult(task.Name, WholeSteps(task, request.Steps), steps / Stopwatch.GetElapsedTime(0, ticks).TotalSeconds,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(digest))), results,
            InterquartileMean.Of([[.. results.Select(r => r.Evaluation.Mean)]]));
    }

    /// <summary>Returns the reference environment with this name.</summary>
    /// <exception cref="InputException">The environment is unknown.</exception>
    public static ReferenceTask Find(string name) =>
        ReferenceTaskCatalogue.BuiltIn.TryGet(name, out var task) ? task
            : throw new InputException(ReferenceTaskCatalogue.BuiltIn.Unknown(name));

    private static long WholeSteps(ReferenceTask task, long steps)
    {
        using var trainer = new PpoTrainer(task.Make, task.Settings, 1, steps);
        return (long)trainer.Updates * trainer.StepsPerUpdate;
    }

    private static (SeedResult Result, long Steps) Train(ReferenceTask task, ReferenceRequest request, long seed, int threads,
        Action<ReferenceProgress>? progress, CancellationToken cancellationToken)
    {
        using var trainer = new PpoTrainer(task.Make, task.Settings, seed, request.Steps, threads);
        var checkpoint = request.Folder is null ? null
            : new TrainingCheckpoint(Path.Combine(request.Folder, $"seed-{seed}.checkpoint"),
                TrainingCheckpoint.Identity(task.Name, task.Settings, seed, request.Steps));
        checkpoint?.Resume(trainer);
        var before = trainer.Steps;
        var curve = new List<TrainingCurvePoint>();
        var every = Math.Max(1, trainer.Updates / 20);
        while (trainer.Done < trainer.Updates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var point = trainer.Next();
            curve.Add(point);
            if (trainer.Done % every == 0 || trainer.Done == trainer.Updates) checkpoint?.Save(trainer);
            progress?.Invoke(new ReferenceProgress(seed, trainer.Done, trainer.Updates, point));
        }
        if (request.Folder is { } folder)
            Storage.Files.AtomicFile.Write(Path.Combine(folder, $"seed-{seed}.policy"), trainer.Policy.ToBytes());
        var evaluation = PolicyEvaluation.Run(trainer.Policy, task.Make(), Episodes, seed);
        return (new SeedResult(seed, trainer.Digest, evaluation, curve), trainer.Steps - before);
    }
}
