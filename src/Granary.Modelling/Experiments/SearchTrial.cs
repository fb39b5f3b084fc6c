namespace Granary.Modelling.Experiments;

/// <summary>One fit of an experiment: a model on a window.</summary>
/// <param name="Search">
/// Number of the search within the experiment: each outer window of each market or strategy has one. In a comparison, number of the model
/// among those of the trainer and label.
/// </param>
/// <param name="Candidate">Number of the model in the plan of the search; in a comparison, of the trainer and label.</param>
/// <param name="Inner">
/// Number of the inner window; −1 for the outer window itself. In a comparison, number of the window; −1 for the model of all samples.
/// </param>
/// <param name="Key">Text of all that decides the result: a process with other bars or another program has another.</param>
public readonly record struct SearchTrial(int Search, int Candidate, int Inner, string Key);
