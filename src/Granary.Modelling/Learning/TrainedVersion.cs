using Granary.Learning.Trainers;
using Granary.Reporting.Runs;

namespace Granary.Modelling.Learning;

/// <summary>What one retraining has trained.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Failure">Why there is no model; null where there is one.</param>
internal sealed record TrainedVersion(int Number, ITrainedModel? Model, WindowResult? Window, string? Failure);
