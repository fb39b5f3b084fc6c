namespace Granary.Learning.Drift;

/// <summary>A change of a model's mean loss.</summary>
/// <param name="Noticed">When the label that revealed the change was known, UTC ticks.</param>
/// <param name="Since">When the features of the first prediction after the change were known, UTC ticks.</param>
/// <param name="Before">Mean loss from the previous change to this one.</param>
/// <param name="After">Mean loss from <paramref name="Since"/> to <paramref name="Noticed"/>.</param>
internal readonly record struct LossChange(long Noticed, long Since, double Before, double After);
