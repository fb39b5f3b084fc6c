namespace Granary.Application.Experiments;

/// <summary>A step of successive halving.</summary>
/// <param name="Candidates">How many compete.</param>
/// <param name="Windows">On how many inner windows, from the first on.</param>
internal readonly record struct SearchRung(int Candidates, int Windows);
