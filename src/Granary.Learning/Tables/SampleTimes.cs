namespace Granary.Learning.Tables;

/// <summary>When the features and the label of each sample were known.</summary>
/// <param name="Known">[rows], UTC ticks when the features were known, non-decreasing.</param>
/// <param name="LabelKnown">[rows], UTC ticks when the label was known, not before the features; null for the next row's time.</param>
public sealed record SampleTimes(long[] Known, long[]? LabelKnown = null);
