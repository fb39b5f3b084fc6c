namespace Granary.Learning.Drift;

/// <summary>A change of a model's mean loss.</summary>
/// <param name="Noticed">When the label was known that showed it, UTC ticks.</param>
/// <param name="Since">When the features of the first prediction after the change were known, UTC ticks.</param>
/// <param name="Before">Mean loss from the change before to this one.</param>
/// <param name="After">Mean loss from <paramref name="Since"/> to <paramref name="Noticed"/>.</param>
public readonly record struct LossChange(long Noticed, long Since, double Before, double After);
