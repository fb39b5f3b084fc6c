namespace Granary.Modelling.Experiments;

/// <summary>Result of one candidate of a search.</summary>
/// <param name="Chosen">Number of outer windows that chose it.</param>
/// <param name="Finals">Number of outer windows in whose last rung it competed.</param>
/// <param name="First">Mean fitness on the first inner window over the outer windows; null if undefined.</param>
/// <param name="Final">Mean fitness on all inner windows over the outer windows in whose last rung it competed.</param>
/// <param name="Error">The reason why a fit of it failed; null if all succeeded.</param>
internal sealed record SearchedModel(string Model, int Chosen, int Finals, double? First, double? Final, string? Error);
