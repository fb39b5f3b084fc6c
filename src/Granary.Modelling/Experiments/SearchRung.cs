namespace Granary.Modelling.Experiments;

/// <summary>One step of successive halving.</summary>
/// <param name="Candidates">Number of candidates that compete.</param>
/// <param name="Windows">Number of inner windows, counted from the first.</param>
public readonly record struct SearchRung(int Candidates, int Windows);
