namespace Granary.Modelling.Experiments;

/// <summary>A candidate of a search.</summary>
/// <param name="Chosen">Outer windows for which it was chosen.</param>
/// <param name="Finals">Outer windows in whose last rung it competed.</param>
/// <param name="First">Its fitness on the first inner window, the mean over the outer windows; null where it is not defined.</param>
/// <param name="Final">Its fitness on all inner windows, the mean over those outer windows in whose last rung it competed.</param>
/// <param name="Error">Why it had no model in some window; null where it had.</param>
public sealed record SearchedModel(string Model, int Chosen, int Finals, double? First, double? Final, string? Error);
