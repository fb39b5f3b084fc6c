namespace Granary.Modelling.Experiments;

/// <summary>A step of successive halving.</summary>
/// <param name="Candidates">How many compete.</param>
/// <param name="Windows">On how many inner windows, from the first on.</param>
public readonly record struct SearchRung(int Candidates, int Windows);
