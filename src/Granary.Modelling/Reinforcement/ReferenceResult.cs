using Granary.Learning.Reinforcement.Evaluation;
using Granary.Learning.Reinforcement.Training;

namespace Granary.Modelling.Reinforcement;

/// <summary>What the trainings on a reference environment came to.</summary>
/// <param name="Steps">Of each seed, as they were done: updates are whole.</param>
/// <param name="StepsPerSecond">Over all seeds, while training.</param>
/// <param name="Digest">SHA-256 of the digests of all policies, in the order of the seeds.</param>
/// <param name="Iqm">Of the seeds' mean rewards.</param>
public sealed record ReferenceResult(
    string Environment, long Steps, double StepsPerSecond, string Digest, IReadOnlyList<SeedResult> Seeds, InterquartileMean Iqm);

/// <summary>One training.</summary>
/// <param name="Evaluation">100 episodes of the policy without random actions.</param>
/// <param name="Curve">A point for each update of this process.</param>
public sealed record SeedResult(long Seed, string Digest, PolicyEvaluation Evaluation, IReadOnlyList<TrainingCurvePoint> Curve);

/// <summary>Where a training is.</summary>
/// <param name="Done">Updates that are done.</param>
/// <param name="Updates">Of the whole training.</param>
public sealed record ReferenceProgress(long Seed, int Done, int Updates, TrainingCurvePoint Point);
