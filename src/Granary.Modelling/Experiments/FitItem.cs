using Granary.Simulation.Work;

namespace Granary.Modelling.Experiments;

/// <summary>One fit of an experiment: a model on a window.</summary>
/// <param name="Search">
/// Index of the search within the experiment; each outer window of each market or strategy has one. In a comparison: index of the model
/// among those of the trainer and label.
/// </param>
/// <param name="Candidate">Index of the model in the search plan; in a comparison, index of the trainer and label.</param>
/// <param name="Inner">
/// Index of the inner window; −1 for the outer window itself. In a comparison, index of the window; −1 for the model of all samples.
/// </param>
internal sealed record FitItem(int Search, int Candidate, int Inner, string Key) : WorkItem(Key);
