using Granary.Learning.Drift;

namespace Granary.Learning.Watching;

/// <summary>Reaction when a model's predictions get worse, as declared in a learning section.</summary>
/// <param name="Detector">
/// A name in the <see cref="DriftDetectorCatalogue"/>; its input is 1 for each wrongly predicted trade, else 0.
/// </param>
/// <param name="Parameters">The detector's parameters; missing ones have their defaults.</param>
/// <param name="Weight">The part of the strategy's size that an alert leaves, 0 to 1.</param>
/// <param name="Review">Number of closed trades after an alert over which the error is reviewed: the weight is whole again
/// where it is nearer to that before the change than to that since.</param>
/// <param name="RollsBack">Whether an alert puts an earlier version in force: the newest whose error on
/// the trades since the change is nearer to that before the change than to that since.</param>
internal sealed record WatchRule(string Detector = "adwin", IReadOnlyDictionary<string, string>? Parameters = null, double Weight = 0.5,
    int Review = 50, bool RollsBack = true);
