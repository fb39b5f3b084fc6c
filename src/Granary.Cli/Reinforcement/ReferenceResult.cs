using Granary.Reinforcement.Evaluation;
using Granary.Reinforcement.Training;

namespace Granary.Cli.Reinforcement;

/// <summary>Results of all trainings on a reference environment.</summary>
/// <param name="Steps">Steps made for each seed, rounded to whole updates.</param>
/// <param name="StepsPerSecond">Speed while training, over all seeds.</param>
/// <param name="Digest">SHA-256 of the digests of all policies, in the order of the seeds.</param>
/// <param name="Iqm">Interquartile mean of the seeds' mean rewards.</param>
internal sealed record ReferenceResult(
    string Environment, long Steps, double StepsPerSecond, string Digest, IReadOnlyList<SeedResult> Seeds, InterquartileMean Iqm);

/// <summary>Result of one training.</summary>
/// <param name="Evaluation">100 episodes of the policy with deterministic actions.</param>
/// <param name="Curve">One point for each update that this process made.</param>
internal sealed record SeedResult(long Seed, string Digest, PolicyEvaluation Evaluation, IReadOnlyList<TrainingCurvePoint> Curve);

/// <summary>Progress of a training.</summary>
/// <param name="Done">Number of completed updates.</param>
/// <param name="Updates">Number of updates of the whole training.</param>
internal sealed record ReferenceProgress(long Seed, int Done, int Updates, TrainingCurvePoint Point);
