namespace Granary.Simulation.Batches;

/// <summary>A trainer with the parameters that it is given; the others take their defaults.</summary>
/// <param name="Parameters">As they are written, by name.</param>
public sealed record TrainerSetting(string Name, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>As <c>logistic</c> or <c>gradient-boosting(trees=100,leaves=15)</c>.</summary>
    public override string ToString() =>
        Parameters.Count == 0 ? Name : $"{Name}({string.Join(',', Parameters.Select(p => $"{p.Key}={p.Value}"))})";
}
