using System.Text.Json;

namespace Granary.Modelling.Experiments;

/// <summary>Keys of a learning section.</summary>
/// <param name="Select">0 = all features.</param>
public sealed record SearchedSettings(string Trainer, IReadOnlyDictionary<string, string> Params, IReadOnlyList<string> Features,
    int Select,
    JsonElement Apply);
