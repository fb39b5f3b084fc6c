namespace Granary.Simulation.Batches;

/// <summary>A trainer with its given parameters; missing parameters use their defaults.</summary>
/// <param name="Parameters">Values as written in the file, by name.</param>
internal sealed record TrainerSetting(string Name, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Returns text such as <c>logistic</c> or <c>gradient-boosting(trees=100,leaves=15)</c>.</summary>
    public override string ToString() =>
        Parameters.Count == 0 ? Name : $"{Name}({string.Join(',', Parameters.Select(p => $"{p.Key}={p.Value}"))})";
}
