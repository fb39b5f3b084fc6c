using Granary.Learning.Trainers;
using Granary.Reporting.Runs;

namespace Granary.Modelling.Learning;

/// <summary>Result of one retraining.</summary>
/// <param name="Number">Version number, from 1.</param>
/// <param name="Failure">The reason why the training failed; null if it succeeded.</param>
internal sealed record TrainedVersion(int Number, ITrainedModel? Model, WindowResult? Window, string? Failure);
